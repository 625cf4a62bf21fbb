/** The custom elements get their names here. Dialogs name themselves when they are first loaded. */

import { AppElement } from "./app.ts";
import { DraftFilesElement } from "./draft-files.ts";
import { DraftListElement } from "./draft-list.ts";
import { DropAreaElement } from "./drop-area.ts";
import { FileListElement } from "./file-list.ts";
import { HomeElement } from "./home.ts";
import { LeftOutElement } from "./left-out-list.ts";
import { MissingFilesElement } from "./missing-files.ts";
import { NoticeElement } from "./notice-bar.ts";
import { PeerTableElement } from "./peer-table.ts";
import { PieceMapElement } from "./piece-map.ts";
import { RateGraphElement } from "./rate-graph.ts";
import { RemovedElement } from "./removed.ts";
import { ReviewElement } from "./review.ts";
import { ShareElement } from "./share.ts";
import { ShareLinksElement } from "./share-links.ts";
import { ShareListElement } from "./share-list.ts";
import { TrackerListElement } from "./tracker-list.ts";

customElements.define("shoal-app", AppElement);
customElements.define("shoal-notice", NoticeElement);
customElements.define("shoal-home", HomeElement);
customElements.define("shoal-drop-area", DropAreaElement);
customElements.define("shoal-share-list", ShareListElement);
customElements.define("shoal-drafts", DraftListElement);
customElements.define("shoal-review", ReviewElement);
customElements.define("shoal-draft-files", DraftFilesElement);
customElements.define("shoal-left-out", LeftOutElement);
customElements.define("shoal-share", ShareElement);
customElements.define("shoal-missing-files", MissingFilesElement);
customElements.define("shoal-removed", RemovedElement);
customElements.define("shoal-links", ShareLinksElement);
customElements.define("shoal-files", FileListElement);
customElements.define("shoal-peers", PeerTableElement);
customElements.define("shoal-trackers", TrackerListElement);
customElements.define("shoal-rate-graph", RateGraphElement);
customElements.define("shoal-piece-map", PieceMapElement);
