import { askJson, type Exchange } from "../http/exchange.ts";
import { LinkedFolder } from "../models/linked-folder.ts";

/** A folder of SharePoint or OneDrive for a space. */
export interface NewLinkedFolder {
  readonly roomId: string;
  /** Ids of Microsoft Graph. Webex takes whatever stands here. */
  readonly driveId: string;
  readonly itemId: string;
  readonly contentUrl: string;
  readonly displayName: string;
  /** Whether what people share in the space goes there. */
  readonly defaultFolder: boolean;
}

/** The body of a folder: the documentation has the boolean as text. */
export const linkedFolderBody = (folder: NewLinkedFolder): object => ({
  ...folder,
  defaultFolder: String(folder.defaultFolder),
});

/**
 * POST /v1/room/linkedFolders. Rejects with ProviderError; when the answer was lost the folder may be linked,
 * so list before asking again.
 */
export const createLinkedFolder = async (
  exchange: Exchange,
  folder: NewLinkedFolder,
  signal: AbortSignal,
): Promise<LinkedFolder> => {
  const body = linkedFolderBody(folder);
  const ask = { method: "POST", route: "/v1/room/linkedFolders", body, schema: LinkedFolder } as const;
  return await askJson(exchange, ask, signal);
};
