/** package-lock.json as the house's tests look at it: which packages are locked, and which of them bring which. */
import { readSource } from "./sources.ts";

type Ranges = Record<string, string>;

/** One package, as npm writes it. */
export interface LockedPackage {
  resolved?: string;
  engines?: { node?: string };
  /** npm leaves it out, without a word, where it does not fit. */
  optional?: boolean;
  dependencies?: Ranges;
  optionalDependencies?: Ranges;
  devDependencies?: Ranges;
  peerDependencies?: Ranges;
}

/** Every package by where it lies ("node_modules/a/node_modules/b"); the project itself under "". */
export type LockedPackages = Record<string, LockedPackage>;

/** The packages in package-lock.json. */
export function readLockFile(): LockedPackages {
  return JSON.parse(readSource("package-lock.json")).packages;
}

/** Where Node looks for a package that is asked for at `path`: beside it, and beside what it lies in. */
export function placesOf(path: string, name: string): string[] {
  const inner = `${path === "" ? "" : `${path}/`}node_modules/${name}`;
  const around = path.lastIndexOf("node_modules/");
  if (path === "") return [inner];
  return [inner, ...placesOf(path.slice(0, Math.max(0, around)).replace(/\/$/, ""), name)];
}

/** Where the project's packages of these names lie, and all that they ask for; optional ones are left out. */
export function packagesBehind(packages: LockedPackages, names: readonly string[]): string[] {
  const find = (path: string, name: string) => placesOf(path, name).filter((place) => place in packages)[0];
  const found = new Set(names.map((name) => find("", name) ?? `no ${name}`));
  for (const path of found) {
    const { dependencies, peerDependencies } = packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      const place = find(path, name);
      if (place !== undefined && packages[place]?.optional !== true) found.add(place);
    }
  }
  return [...found].sort();
}
