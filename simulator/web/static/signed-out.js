// Goes on to the application once the others have signed out in their frames, or after two seconds.
(() => {
  const frames = [...document.querySelectorAll("[data-sign-out]")];
  const goOn = () => location.replace(document.getElementById("go-on").href);
  const loaded = frames.map((frame) => new Promise((resolve) => frame.addEventListener("load", resolve)));
  const enough = new Promise((resolve) => setTimeout(resolve, 2000));
  Promise.race([Promise.all(loaded), enough]).then(goOn);
})();
