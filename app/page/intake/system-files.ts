/**
 * System files are what systems and office programs leave in folders for themselves, such as thumbnails and locks. The
 * list follows the templates for macOS, Windows, Linux and office programs in github/gitignore, without what people may
 * mean to share: backups (`plan.txt~`), swap files of editors, hidden folders.
 */

/** Compared without regard to case, as Windows does. */
const NAMES: ReadonlySet<string> = new Set(
  [
    // macOS
    ...[".DS_Store", ".AppleDouble", ".LSOverride", "Icon\r", ".VolumeIcon.icns", ".localized", ".apdisk"],
    ...[".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems", ".DocumentRevisions-V100"],
    ...[".PKInstallSandboxManager", ".com.apple.timemachine.donotpresent", "__MACOSX"],
    ...[".AppleDB", ".AppleDesktop", "Network Trash Folder"],
    // Windows
    ...["Thumbs.db", "Thumbs.db:encryptable", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini"],
    ...["$RECYCLE.BIN", "System Volume Information"],
    // Linux desktops and network storage
    ...[".directory", "@eaDir"],
  ].map((name) => name.toLowerCase()),
);

/** AppleDouble: the second half of a file, on disks that cannot hold it in the file. */
const APPLE_DOUBLE = /^\._./s;

/** The bin of a disk on Linux, and files that are deleted while they are open (FUSE, NFS). */
const LINUX = /^\.(?:Trash-\d+|fuse_hidden[0-9a-f]{8,}|nfs[0-9a-f]{16,})$/;

/** Locks of Microsoft's office programs, and of LibreOffice. `~lock.doc#` and `~plan.docx` are none. */
const OFFICE_LOCK = /^~\$.+\.(?:do[ct][xm]?|rtf|xl[st][xmb]?|p(?:p[st]|ot)[xm]?|vs[dst][xm]?|pub|mpp|one)$/is;
const LIBRE_OFFICE_LOCK = /^\.~lock\..+#$/s;

/** Whether a file or folder of this name is a system's. So is everything in such a folder. */
export function isSystemName(name: string): boolean {
  return (
    NAMES.has(name.toLowerCase()) ||
    APPLE_DOUBLE.test(name) ||
    LINUX.test(name) ||
    OFFICE_LOCK.test(name) ||
    LIBRE_OFFICE_LOCK.test(name)
  );
}
