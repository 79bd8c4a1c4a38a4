// The nearest that penpal has: a connection, with a method for the answer. Its caller makes the frame or the
// popup.
import { WindowMessenger, connect } from 'penpal';

export function open({ origin, isPopup }) {
  let frame, remoteWindow;
  if (isPopup) {
    remoteWindow = window.open(`${origin}/penpal`, '_blank', 'popup,width=480,height=760');
  } else {
    frame = document.createElement('iframe');
    frame.src = `${origin}/penpal`;
    document.body.append(frame);
    remoteWindow = frame.contentWindow;
  }
  const messenger = new WindowMessenger({ remoteWindow, allowedOrigins: [origin] });
  let complete;
  const settled = new Promise((resolve) => (complete = resolve));
  const connection = connect({ messenger, methods: { complete } });
  return {
    settled,
    close() {
      connection.destroy();
      frame?.remove();
    },
  };
}
