/**
 * The database is opened here, for the worker and for the service worker. If a browser refuses it, delays it or takes
 * it back, that is told as a ShoalError:
 *
 * | event | error | told by |
 * | --- | --- | --- |
 * | the browser refuses storage: a private window, or it is switched off | storage/refused | an exception |
 * | a newer Shoal has migrated the database | storage/newer | an exception |
 * | the disk is full, so that it cannot be opened | storage/full | an exception |
 * | what is on the disk is damaged | storage/unreadable | an exception |
 * | another tab holds an older version open | storage/blocked | `blocked`; opening goes on when it is closed |
 * | a newer Shoal wants to migrate the database | storage/newer | `lost` |
 * | the person deleted the database | storage/deleted | `lost` |
 * | the browser closed the database | storage/closed | `lost` |
 *
 * The other files of this room say what is in the stores.
 */

import { openDB } from "idb";
import { type ErrorCode, ShoalError } from "../engine/errors.ts";
import { DELETION_TIME } from "./constants.ts";
import { type Migration, migrate, migrations } from "./migrations.ts";
import { DATABASE_NAME, type ShoalDatabase, type ShoalSchema } from "./schema.ts";

export interface DatabaseListener {
  /** Another tab holds an older version open; opening goes on when that tab is closed. */
  blocked(error: ShoalError): void;
  /** The database is closed for good: a newer version of Shoal wants it, or the browser took it back. */
  lost(error: ShoalError): void;
}

/**
 * Opens the database at the newest version, and migrates an older one. `steps`: all migrations there are.
 * @throws ShoalError as the table says
 */
export async function openDatabase(
  listener: DatabaseListener,
  steps: readonly Migration[] = migrations,
): Promise<ShoalDatabase> {
  try {
    const database: ShoalDatabase = await openDB<ShoalSchema>(DATABASE_NAME, steps.length, {
      upgrade: (db, from, _to, transaction) => migrate(steps.slice(from), db as never, transaction as never),
      blocked: () => listener.blocked(new ShoalError("storage/blocked")),
      blocking: (_version, next) => {
        database.close();
        listener.lost(new ShoalError(next === null ? "storage/deleted" : "storage/newer"));
      },
      terminated: () => {
        isDeleted().then(
          (deleted) => listener.lost(new ShoalError(deleted ? "storage/deleted" : "storage/closed")),
          () => listener.lost(new ShoalError("storage/closed")),
        );
      },
    });
    return database;
  } catch (cause) {
    throw openingError(cause);
  }
}

/**
 * Whether the database is gone that was closed just now. Browsers close it before they delete it, and Chromium never
 * answers who asks while it does.
 */
async function isDeleted(): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, DELETION_TIME));
  const databases = await indexedDB.databases();
  return databases.every(({ name }) => name !== DATABASE_NAME);
}

/** The code for each kind of exception, as the browser names it. */
const codes: Readonly<Record<string, ErrorCode>> = {
  VersionError: "storage/newer",
  QuotaExceededError: "storage/full",
  UnknownError: "storage/unreadable",
};

function openingError(cause: unknown): ShoalError {
  const { name, message } = cause instanceof Error ? cause : { name: "", message: String(cause) };
  return new ShoalError(codes[name] ?? "storage/refused", message, { cause });
}
