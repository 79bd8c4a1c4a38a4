// An Angular app with zone.js, as docs/angular.md has it.
import 'zone.js';
import '@angular/compiler';
import { Component, type DoCheck, NgZone, provideZoneChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { type LinkError, link, openFinqlink } from 'link-widget';
// @ts-expect-error of the tests, without types
import { given } from './page.js';

@Component({
  selector: 'app-root',
  template: `
    <button id="connect" (click)="connect()">Connect your bank</button>
    <button id="popup" (click)="popup()">Connect in a popup</button>
    <p id="outcome">{{ outcome() }}</p>
    <p id="events">{{ events() }}</p>
  `,
})
class App implements DoCheck {
  outcome = signal('');
  events = signal('');

  /** How often Angular has looked for changes. */
  checks = 0;

  ngDoCheck() {
    this.checks += 1;
  }

  async connect() {
    const [session, options] = given();
    const onEvent = ({ type }: { type: string }) =>
      this.events.update((events) => `${events} ${type}${NgZone.isInAngularZone() ? '' : ' outside'}`);
    try {
      const { consentID } = await link(session, { ...options, onEvent });
      this.outcome.set(consentID ?? '');
    } catch (error) {
      this.outcome.set((error as LinkError).code);
    }
  }

  popup() {
    const url = `${given()[1].authServer}/`;
    openFinqlink(url, { state: 'S1', returnUrl: '/back' }).catch((error: LinkError) =>
      this.outcome.set(error.code),
    );
  }
}

bootstrapApplication(App, { providers: [provideZoneChangeDetection()] }).then((app) => {
  const zone = app.injector.get(NgZone);
  Object.assign(globalThis, {
    checks: () => app.components[0].instance.checks,
    isStable: () => zone.isStable && !zone.hasPendingMacrotasks,
  });
});
