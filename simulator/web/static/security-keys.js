// The browser's part of WebAuthn: gets the options, asks the browser for the key, and sends what it returns with the form.
"use strict";

{
  const REASONS = { NotAllowedError: "cancelled", AbortError: "cancelled", SecurityError: "host", InvalidStateError: "registered" };
  let waiting = null;

  const say = (form, reason) => {
    const box = form.querySelector("[data-result]");
    const message = form.querySelector("[data-messages]").content.querySelector(`[data-message="${reason}"]`);
    box.textContent = message.textContent;
    box.hidden = false;
    box.focus();
  };

  const fetchOptions = async (form) => {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
    if (!answer.ok || answer.redirected) throw new Error("no options");
    return answer.json();
  };

  const useKey = async (form, extra = {}) => {
    const options = await fetchOptions(form);
    const key = form.dataset.ceremony === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), ...extra });
    form.elements.credential.value = JSON.stringify(key.toJSON());
    form.submit();
  };

  const supported = () => "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

  for (const form of document.querySelectorAll("form[data-ceremony]")) {
    form.addEventListener("submit", async (event) => {
      if (event.submitter?.name === "phone") return;
      event.preventDefault();
      if (!supported()) return say(form, "unsupported");
      form.querySelector("[data-result]").hidden = true;
      waiting?.abort();
      try {
        await useKey(form);
      } catch (error) {
        say(form, REASONS[error.name] ?? "failed");
      }
    });
    if (!("conditional" in form.dataset) || !supported()) continue;
    // The address field offers the passkeys of this browser.
    PublicKeyCredential.isConditionalMediationAvailable?.().then(async (available) => {
      if (!available) return;
      waiting = new AbortController();
      try {
        await useKey(form, { mediation: "conditional", signal: waiting.signal });
      } catch {
        // Nothing was chosen, or the button was pressed instead.
      }
    });
  }
}
