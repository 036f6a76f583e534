// Runs before the first paint, so that a chosen theme never flashes in the other colours.
try {
  const chosen = localStorage.getItem("balm.theme");
  if (chosen === '"light"' || chosen === '"dark"') document.documentElement.dataset.theme = JSON.parse(chosen);
} catch {
  // storage may be switched off: the system's theme applies
}
