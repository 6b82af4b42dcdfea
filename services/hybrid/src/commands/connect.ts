import { type ConnectState, readConnectState, writeConnectState } from "../connecting/connect-state.ts";
import {
  afterwards,
  besideStep,
  consentStep,
  firstMailboxStep,
  type LogConnecting,
  observeStep,
  trialStep,
  webexStep,
} from "../connecting/log-steps.ts";
import {
  addressStep,
  connectFiles,
  keysStep,
  manifestsStep,
  registrationStep,
  servicesStep,
  settingsStep,
} from "../connecting/steps.ts";
import { loadEnvironmentFile } from "../environment-file.ts";
import { type Finding, stateText } from "../finding.ts";
import { healthGiven, orgGiven, refused } from "../given.ts";

/** The flags of `hybrid connect`. */
export interface ConnectFlags {
  readonly org: string;
  readonly data: string;
  readonly health: string;
  readonly folder: string;
  readonly publicUrl?: string;
  readonly consentUrl?: string;
  readonly clientId?: string;
  readonly groupsClientId?: string;
  readonly archiveClientId?: string;
  readonly mailbox?: string;
  readonly wait: number;
  readonly json: boolean;
}

const urlGiven = (name: string, text: string, isLocalAllowed: boolean): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isGood =
    url !== null &&
    url.pathname === "/" &&
    (url.protocol === "https:" ||
      (isLocalAllowed && url.protocol === "http:" && url.hostname === "localhost"));
  if (isGood) return url.origin;
  throw refused(name, `"${text}" is no https address without path, for example https://hybrid.example.com`);
};

const clientIdGiven = (flag: string, text: string): string => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw refused(flag, `"${text}" is no client id; it is a GUID, appId in the answer of Microsoft Entra`);
};

/** What was answered before, and what this run answers. */
const answered = (state: ConnectState, flags: ConnectFlags): ConnectState => ({
  ...state,
  ...(flags.publicUrl === undefined ? {} : { publicUrl: urlGiven("--public-url", flags.publicUrl, false) }),
  ...(flags.consentUrl === undefined
    ? {}
    : { consentUrl: urlGiven("--consent-url", flags.consentUrl, true) }),
  ...(flags.clientId === undefined ? {} : { clientId: clientIdGiven("--client-id", flags.clientId) }),
  ...(flags.groupsClientId === undefined
    ? {}
    : { groupsClientId: clientIdGiven("--groups-client-id", flags.groupsClientId) }),
  ...(flags.archiveClientId === undefined
    ? {}
    : { archiveClientId: clientIdGiven("--archive-client-id", flags.archiveClientId) }),
  ...(flags.mailbox === undefined ? {} : { mailbox: flags.mailbox }),
});

interface Step {
  readonly name: string;
  /** Done once: a repetition of the command leaves it alone. */
  readonly once: boolean;
  readonly run: (connecting: LogConnecting) => Finding | Promise<Finding>;
}

const step = (name: string, run: Step["run"], once = false): Step => ({ name, once, run });

/** From nothing to the first real mailbox, in order; each stands on those before it. */
const steps: readonly Step[] = [
  step("keys", keysStep),
  step("manifests", manifestsStep),
  step("registration", registrationStep),
  step("settings", settingsStep),
  step("webex", webexStep),
  step("services", servicesStep),
  step("public address", addressStep),
  // Once: an operator may switch it off later, and a repetition must not switch it on again.
  step("observe mode", observeStep, true),
  step("consent", consentStep),
  step("test event", trialStep, true),
  step("first mailbox", firstMailboxStep),
  step("groups", (connecting) => besideStep("groups", connecting)),
  step("archive", (connecting) => besideStep("archive", connecting)),
];

const stepText = (finding: Finding): string =>
  [
    `${stateText(finding)}  ${finding.what}: ${finding.found}`,
    ...(finding.todo === null ? [] : [`    ${finding.todo}`]),
  ].join("\n");

/** `hybrid connect`: goes as far as it can, says what to do, and goes on from there next time. */
export const connectCommand = async (flags: ConnectFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const { folder } = flags;
  let state = answered(await readConnectState(folder, org), flags);
  await writeConnectState(folder, state);
  const given = { ...process.env };
  const findings: Finding[] = [];
  for (const { name, once, run } of steps) {
    const doneAt = state.done[name];
    const connecting: LogConnecting = {
      folder,
      state,
      given,
      health: healthGiven(flags.health),
      now: Date.now,
      data: flags.data,
      waitMs: flags.wait * 1_000,
    };
    const finding: Finding =
      once && doneAt !== undefined
        ? { what: name, state: "ok", found: `done at ${doneAt}`, todo: null }
        : await run(connecting);
    findings.push(finding);
    if (!flags.json) process.stdout.write(`${stepText(finding)}\n`);
    if (finding.state === "failed" || finding.state === "waits") break;
    if (name === "settings") loadEnvironmentFile(connectFiles(folder).environment);
    state = { ...state, done: { ...state.done, [name]: doneAt ?? new Date().toISOString() } };
    await writeConnectState(folder, state);
  }
  const isDone = findings.every((one) => one.state === "ok" || one.state === "warning");
  if (flags.json) process.stdout.write(`${JSON.stringify({ done: isDone, steps: findings })}\n`);
  else if (isDone)
    process.stdout.write(
      afterwards({ folder, state, given, health: healthGiven(flags.health), now: Date.now }),
    );
  if (!isDone) process.exitCode = 1;
};
