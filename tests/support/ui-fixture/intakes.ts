/** Made-up intakes, by name, for looking at the review of what is dropped. No bytes stand behind their sizes. */

import type { ShareDifference, SharedFile } from "../../../app/bridge/commands.ts";
import type { Intake } from "../../../app/page/intake/intake.ts";
import type { LeftOut } from "../../../app/page/intake/left-out.ts";
import type { StateName } from "./snapshots.ts";

const MB = 1_000_000;

function file(path: string, size: number): SharedFile {
  const components = path.split("/");
  const made = new File([], components.at(-1)!, { lastModified: 1_780_000_000_000 });
  Object.defineProperty(made, "size", { value: size });
  return { file: made, path: components, handle: null };
}

function system(path: string): LeftOut {
  return { path: path.split("/"), reason: "system", file: file(path, 6148) };
}

const holiday: readonly SharedFile[] = [
  file("Holiday in Norway/Fjord.mp4", 188 * MB),
  file("Holiday in Norway/Lofoten 1.jpg", 4.9 * MB),
  file("Holiday in Norway/Lofoten 2.jpg", 5.2 * MB),
  file("Holiday in Norway/Raw/DSC_0012.NEF", 48.1 * MB),
  file("Holiday in Norway/Raw/DSC_0013.NEF", 11.6 * MB),
  file("Holiday in Norway/Route.pdf", 310_000),
];

const long = "A name without any space that is far wider than every small screen ".replaceAll(" ", "-");

export interface ReviewedState {
  readonly intake: Intake;
  readonly differences?: readonly ShareDifference[];
  /** The part of it that is hashed; 1 when it is ready. */
  readonly hashed?: number;
  readonly known?: boolean;
  readonly fails?: boolean;
  /** What else the node tells. */
  readonly beside?: StateName;
}

export const reviews = {
  ready: { intake: { files: holiday, leftOut: [system("Holiday in Norway/.DS_Store")] } },
  preparing: { intake: { files: holiday, leftOut: [] }, hashed: 0.43 },
  known: { intake: { files: holiday, leftOut: [] }, known: true },
  failed: { intake: { files: holiday, leftOut: [] }, fails: true },
  single: { intake: { files: [file("Quarterly report.pdf", 2.1 * MB)], leftOut: [] } },
  loose: { intake: { files: [file("b.txt", 12), file("a.jpg", 4 * MB), file("c/d.txt", 99)], leftOut: [] } },
  leftOut: {
    intake: {
      files: holiday,
      leftOut: [
        ...["", "Raw/"].map((folder) => system(`Holiday in Norway/${folder}.DS_Store`)),
        ...["Thumbs.db", "desktop.ini", "._Fjord.mp4"].map((name) => system(`Holiday in Norway/${name}`)),
        { path: ["Holiday in Norway", "Tickets.pdf"], reason: "unreadable", file: null },
        { path: ["Holiday in Norway", "Raw", "\uFFFD"], reason: "name", file: null },
        { path: ["Holiday in Norway", "Sorted", "Best"], reason: "empty-folder", file: null },
        ...Array.from({ length: 140 }, (_, index) => ({
          path: ["Holiday in Norway", "Cache", `${index}.tmp`],
          reason: "unreadable" as const,
          file: index === 3 ? file(`Holiday in Norway/Cache/${index}.tmp`, 5) : null,
        })),
      ],
    },
  },
  long: {
    intake: {
      files: [file(`${long}/${long}${long}.bin`, 3 * MB), file(`${long}/${long}/short.txt`, 10)],
      leftOut: [
        { path: [long, `${long}.tmp`], reason: "unreadable", file: null },
        system(`${long}/.DS_Store`),
      ],
    },
  },
  many: {
    intake: {
      files: Array.from({ length: 10_000 }, (_, index) =>
        file(`archive/package-${index % 40}/module-${index}.js`, 1000 + index),
      ),
      leftOut: [],
    },
    hashed: 0.2,
  },
  resembles: {
    intake: { files: holiday.slice(0, 3), leftOut: [] },
    beside: "needsFiles",
    differences: [
      {
        id: "ab".repeat(32),
        same: 2,
        sameTimes: 2,
        missing: { count: 0, first: [] },
        changed: { count: 1, first: [["Lofoten 2.jpg"]] },
        extra: { count: 0, first: [] },
      },
    ],
  },
} satisfies Record<string, ReviewedState>;

export type ReviewName = keyof typeof reviews;
