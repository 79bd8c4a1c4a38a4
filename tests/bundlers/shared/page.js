/** The session and the options that the page's address names. */
export function given() {
  const { session, authServer } = Object.fromEntries(new URLSearchParams(location.search));
  return [session, { authServer }];
}

/** What #connect does, and what #outcome says of it. */
export function connectWith(start) {
  const [connect, outcome] = ['connect', 'outcome'].map((id) => document.getElementById(id));
  connect.disabled = false;
  connect.onclick = async () => {
    outcome.textContent = '';
    try {
      outcome.textContent = (await start(...given())).consentID;
    } catch (error) {
      outcome.textContent = error.code ?? error;
    }
  };
}
