import { readFile } from "node:fs/promises";
import type { UserState } from "@hybrid/contracts";
import { type ActorId, actorIdOf, ConfigError, type OrgId, orgIdOf } from "@hybrid/kernel";
import { nearestHint } from "@hybrid/settings";
import { catalog } from "./service-list.ts";

// What a person gives at the command line, read so that a slip is answered with what to give instead. Every
// reader throws ConfigError.

export const refused = (name: string, fault: string): ConfigError =>
  new ConfigError("the command cannot run", [`${name}: ${fault}`]);

/** One of some words, told apart by letters alone: `Active` is `active`. */
export const wordGiven = <Word extends string>(name: string, text: string, words: readonly Word[]): Word => {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw refused(name, `there is no "${text}"${nearestHint(text, words)} There are ${words.join(", ")}`);
};

/** A service with actors, which takes orders. */
export const serviceGiven = (text: string): string =>
  wordGiven("<service>", text, [...catalog.actorServices.keys()]);

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 64);

/** The id of an organisation. */
export const orgGiven = (text: string, name = "--org"): OrgId => {
  try {
    return orgIdOf(text);
  } catch {
    const wanted = slug(text);
    const example = wanted === "" ? "" : `, for example ${wanted}`;
    throw refused(name, `"${text}" is no organisation's id; it has 1 to 64 of a-z 0-9 _ -${example}`);
  }
};

/** The address of an actor. */
export const actorGiven = (text: string): ActorId => {
  try {
    return actorIdOf(text);
  } catch {
    throw refused("<actor>", `"${text}" is no actor's id; it is <org>/u-<user> or <org>/t-<tenant>`);
  }
};

/** The id of a tenant of Microsoft Entra, in small letters. */
export const tenantGiven = (text: string): string => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw refused(
    "<tenantId>",
    `"${text}" is no tenant id; it is a GUID, which the Microsoft Entra admin center shows under Overview`,
  );
};

const userStates: readonly UserState[] = ["notActivated", "error", "active", "disabled", "removed"];

/** A state of users. */
export const stateGiven = (text: string): UserState => wordGiven("--state", text, userStates);

/** A language as BCP 47 has it, in its usual spelling. */
export const languageGiven = (text: string): string => {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? text;
  } catch {
    throw refused("--language", `"${text}" is no language tag; it is for example sv or pt-BR`);
  }
};

/** An address of running services. */
export const healthGiven = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw refused("--health", `"${text}" is no address; it is for example http://127.0.0.1:9400`);
};

/** The text of a file. */
export const fileGiven = async (path: string, name = "<file>"): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw refused(name, `${path}: ${why}`);
  }
};
