/** Builds the demo's page into a folder, which it empties first. */
export function buildPage(folder: string): void;
