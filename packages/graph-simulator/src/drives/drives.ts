import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Group } from "../groups/group.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";

/** A folder of a document library. */
export interface Folder {
  readonly id: string;
  readonly name: string;
  /** Null at the top. */
  readonly parentId: string | null;
  readonly createdAt: number;
}

/** The document library of a group's site. */
export interface Drive {
  readonly id: string;
  readonly group: Group;
  readonly rootId: string;
  readonly folders: Map<string, Folder>;
}

const forbidden = /["*:<>?/\\|]|^\s|\s$|\.$|^~\$|_vti_/i;
const reserved = /^(?:\.lock|con|prn|aux|nul|com\d|lpt\d|desktop\.ini|forms)$/i;

/** The document libraries of groups, which are there some time after the groups. */
export class Drives {
  readonly #ports: { readonly clock: SimulatorClock; readonly dice: Dice };
  readonly #byGroup = new Map<string, Drive>();
  readonly #byId = new Map<string, Drive>();

  constructor(ports: { readonly clock: SimulatorClock; readonly dice: Dice }) {
    this.#ports = ports;
  }

  /** Throws 404 as long as the site is being made, which no answer but this one tells. */
  ofGroup(group: Group): Drive {
    if (group.siteAt === null || this.#ports.clock.now() < group.siteAt)
      throw new GraphFault(
        404,
        "ResourceNotFound",
        "Resource provisioning is in progress. Please try again.",
      );
    const known = this.#byGroup.get(group.id);
    if (known) return known;
    const id = `b!${this.#ports.dice.bytes("drive", group.id).toString("base64url")}`;
    const drive: Drive = { id, group, rootId: this.#itemId(id, "root"), folders: new Map() };
    this.#byGroup.set(group.id, drive);
    this.#byId.set(id, drive);
    return drive;
  }

  /** Throws 404 for a library that the tenant has not. */
  drive(tenantId: string, id: string): Drive {
    const drive = this.#byId.get(id);
    if (!drive || drive.group.tenantId !== tenantId || drive.group.deletedAt !== null)
      throw new GraphFault(404, "itemNotFound", "The resource could not be found.");
    return drive;
  }

  /** Folders at the top, in the order of their making; none while there is no library. */
  topFolders(group: Group): readonly Folder[] {
    return [...(this.#byGroup.get(group.id)?.folders.values() ?? [])].filter(
      ({ parentId }) => parentId === null,
    );
  }

  /** Throws 404. */
  folder(drive: Drive, id: string): Folder {
    const folder = drive.folders.get(id);
    if (!folder) throw new GraphFault(404, "itemNotFound", "The resource could not be found.");
    return folder;
  }

  byName(drive: Drive, parentId: string | null, name: string): Folder | undefined {
    const wanted = name.toLowerCase();
    return [...drive.folders.values()].find(
      (folder) => folder.parentId === parentId && folder.name.toLowerCase() === wanted,
    );
  }

  /** Throws 400 for a name that SharePoint does not take, 409 for one that is taken unless told to rename. */
  create(drive: Drive, parentId: string | null, name: string, conflict: "fail" | "rename"): Folder {
    if (name.length > 255 || forbidden.test(name) || reserved.test(name))
      throw badRequest("The provided name cannot contain specific characters.", "invalidRequest");
    let free = name;
    for (let at = 1; this.byName(drive, parentId, free); at++) {
      if (conflict === "fail")
        throw new GraphFault(409, "nameAlreadyExists", "An item with the same name already exists.");
      free = `${name} ${at}`;
    }
    const id = this.#itemId(drive.id, `${parentId ?? "root"}/${free.toLowerCase()}`);
    const folder: Folder = { id, name: free, parentId, createdAt: this.#ports.clock.now() };
    drive.folders.set(id, folder);
    return folder;
  }

  #itemId(driveId: string, path: string): string {
    return `01${this.#ports.dice.bytes("item", driveId, path).toString("hex").slice(0, 32).toUpperCase()}`;
  }
}
