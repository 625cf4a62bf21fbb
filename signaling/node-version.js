/**
 * The versions of Node that can run Shoal. The server's packages and the build tools do not support Node 21 and the
 * first versions of Node 22. package.json tells npm the same. This file is plain JavaScript without imports, because
 * a Node that is too old must be able to read it.
 */

/** The supported versions in words, to follow "Node" in a sentence. */
export const supportedNode = "22.12 or newer, or 20 from 20.19 on";

/**
 * @param {string} version as in `process.versions.node`
 * @returns {boolean} whether that Node runs Shoal
 */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}
