import { PluggyConnect } from 'pluggy-connect-sdk';

export function open({ origin }) {
  let widget;
  const settled = new Promise((onSuccess) => {
    widget = new PluggyConnect({ connectToken: 'session', url: `${origin}/pluggy-connect-sdk`, onSuccess });
  });
  const shown = widget.init();
  shown.catch(() => {});
  return { settled, close: () => widget.destroy() };
}
