import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../golden/", import.meta.url);

/** A record as it was once written, and the value it stands for. */
export interface Golden {
  readonly file: string;
  readonly version: number;
  readonly value: unknown;
  readonly bytes: Buffer;
}

/** JSON has no bytes: a golden file writes them as `{"$hex": "01ff"}`. */
const revive = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "$hex" in value
    ? new Uint8Array(Buffer.from(String(value.$hex), "hex"))
    : value;

/** All golden records of a family of topics. */
export const goldenRecords = (family: string): readonly Golden[] => {
  const folder = new URL(`${family}/`, root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const { value, hex } = JSON.parse(text, revive) as { value: unknown; hex: string };
    return { file, version: Number(/^v(\d+)-/.exec(file)?.[1]), value, bytes: Buffer.from(hex, "hex") };
  });
};

/** The folders that hold golden records. */
export const goldenFolders = (): readonly string[] => readdirSync(fileURLToPath(root));
