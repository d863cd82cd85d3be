// Light or dark: as JupyterLab has it when the panel is in a notebook, else as the system has it.

/** Whether the panel is one of several things on a page. Voila borrows the shell's class, but not its page. */
export function inLab() {
  return !document.body.dataset.voila && Boolean(document.querySelector(".jp-LabShell, .jp-NotebookShell"));
}

/** Dress an element and keep it dressed; returns what stops watching. */
export function dress(root) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const lab = inLab();
  const choose = () => {
    const isDark = lab ? document.body.dataset.jpThemeLight === "false" : dark.matches;
    root.dataset.theme = isDark ? "dark" : "light";
    // Outside of a notebook the page around the panel follows too.
    if (!lab) document.documentElement.dataset.workbenchTheme = root.dataset.theme;
  };
  root.classList.toggle("wb-in-lab", lab);
  root.classList.toggle("wb-alone", !lab);
  root.classList.toggle("wb-projector", new URLSearchParams(location.search).has("projector"));
  const watch = new MutationObserver(choose);
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  dark.addEventListener("change", choose);
  choose();
  // What stands above the panel takes from the height of the first screen.
  requestAnimationFrame(() => {
    const top = root.getBoundingClientRect().top + window.scrollY;
    root.style.setProperty("--wb-top", `${Math.min(120, Math.max(0, Math.round(top)))}px`);
  });
  return () => {
    watch.disconnect();
    dark.removeEventListener("change", choose);
  };
}
