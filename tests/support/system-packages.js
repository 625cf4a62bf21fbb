/**
 * The programs outside npm that tests, demo and benchmark drive. On Debian and its kin, as root, the missing ones
 * are installed; elsewhere one sentence says what is missing. Uses Node's own modules only: it runs on a fresh
 * clone.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * @typedef {object} Program
 * @property {string} name the Debian package
 * @property {string[]} commands one of them on PATH shows, off Debian, that it is there
 * @property {string} [variable] an environment variable that names another executable instead
 */

/** @type {Program[]} */
const programs = [
  {
    name: "chromium",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    variable: "SHOAL_CHROMIUM",
  },
  { name: "firefox-esr", commands: ["firefox-esr", "firefox"], variable: "SHOAL_FIREFOX" },
  { name: "python3-libtorrent", commands: ["python3"] },
  { name: "coturn", commands: ["turnserver"] },
  { name: "redis-server", commands: ["redis-server"] },
  { name: "nftables", commands: ["nft"] },
  { name: "iproute2", commands: ["ip"] },
  { name: "iputils-ping", commands: ["ping"] },
  { name: "gcc", commands: ["gcc"] },
  { name: "libc6-dev", commands: [] },
  { name: "fonts-noto-color-emoji", commands: [] },
];

/**
 * Packages that a browser with a window needs where nobody sits in front of it (screen.ts). Only `npm run soak` asks for it.
 * @type {Program[]}
 */
export const screenPrograms = [
  { name: "xvfb", commands: ["Xvfb"] },
  { name: "openbox", commands: ["openbox"] },
  { name: "xdotool", commands: ["xdotool"] },
];

/** @param {string} command */
function isOnPath(command) {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return directories.some((directory) => directory !== "" && existsSync(join(directory, command)));
}

/** @param {string} name */
function isDebianPackageInstalled(name) {
  const { stdout } = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" });
  return stdout.includes("Status: install ok installed");
}

/**
 * The packages that are not there.
 * @param {Program[]} wanted
 * @param {boolean} debian
 * @returns {string[]}
 */
function findMissing(wanted, debian) {
  return wanted
    .filter(({ variable }) => !(variable && process.env[variable]))
    .filter(({ name, commands }) =>
      debian ? !isDebianPackageInstalled(name) : commands.length > 0 && !commands.some(isOnPath),
    )
    .map(({ name }) => name);
}

/**
 * Installs what is missing, or says in one sentence what to install. Never fails: what is still missing fails the
 * test that needs it, with its own sentence.
 * @param {(line: string) => void} say
 * @param {Program[]} wanted what every test may need, unless others are named
 */
export function ensureSystemPackages(say, wanted = programs) {
  const debian = existsSync("/etc/debian_version") && isOnPath("apt-get") && isOnPath("dpkg-query");
  const missing = findMissing(wanted, debian);
  if (missing.length === 0) return;
  if (!debian) {
    say(`Some tests need programs that were not found here: install ${missing.join(", ")} (Debian's names).`);
    return;
  }
  if (process.getuid?.() !== 0) {
    say(`Some tests need packages that are missing: run sudo apt-get install ${missing.join(" ")}.`);
    return;
  }
  say(`Installing ${missing.join(", ")}…`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  /** @type {import("node:child_process").ExecFileSyncOptions} */
  const options = { env, stdio: ["ignore", 2, 2] };
  try {
    execFileSync("apt-get", ["update", "-qq"], options);
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], options);
  } catch {
    say(
      `Some packages could not be installed: run apt-get install ${findMissing(wanted, debian).join(" ")} to see why.`,
    );
  }
}
