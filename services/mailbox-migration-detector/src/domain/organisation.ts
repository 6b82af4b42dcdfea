import { post, type Step, unreachable } from "@hybrid/kernel";
import { tellBatches, withMove } from "./batches.ts";
import { chooseCluster, counted, loadTold, withoutGone } from "./clusters.ts";
import type { Call, Input, Moment, Order, OrganisationInput } from "./inputs.ts";
import type { Cluster, Organisation, State } from "./state.ts";

interface Changed {
  readonly organisation: Organisation;
  readonly orders?: readonly Order[];
}

type Wanted = Extract<OrganisationInput, { kind: "clusterWanted" }>;

const canStay = (cluster: Cluster | undefined, wanted: Wanted): boolean =>
  cluster !== undefined &&
  cluster.operational &&
  cluster.resourceGroup === wanted.resourceGroup &&
  wanted.present?.mailbox === wanted.mailbox;

const placed = (organisation: Organisation, wanted: Wanted): Changed => {
  const { user, resourceGroup, mailbox, present } = wanted;
  const { clusters } = organisation;
  if (present !== null && canStay(clusters[present.cluster], wanted)) return { organisation };
  const chosen = chooseCluster(clusters, resourceGroup, mailbox);
  if ("reason" in chosen)
    return {
      organisation,
      orders: [post<Input>(user, { kind: "clusterRefused", reason: chosen.reason })],
    };
  return {
    organisation: { ...organisation, clusters: counted(clusters, chosen.cluster, mailbox, 1) },
    orders: [post<Input>(user, { kind: "clusterChosen", cluster: chosen.cluster, mailbox })],
  };
};

const changed = (organisation: Organisation, input: OrganisationInput, moment: Moment): Changed => {
  const { clusters } = organisation;
  switch (input.kind) {
    case "clusterPut": {
      const { name, cluster } = input;
      const { office365 = 0, exchange = 0 } = clusters[name] ?? {};
      return {
        organisation: {
          ...organisation,
          clusters: { ...clusters, [name]: { ...cluster, office365, exchange, isGone: false } },
        },
      };
    }
    case "clusterRemoved": {
      const cluster = clusters[input.name];
      if (cluster === undefined) return { organisation };
      const gone = { ...cluster, operational: false, isGone: true };
      return {
        organisation: { ...organisation, clusters: withoutGone({ ...clusters, [input.name]: gone }) },
      };
    }
    case "clusterWanted":
      return placed(organisation, input);
    case "clusterLeft":
      return {
        organisation: { ...organisation, clusters: counted(clusters, input.cluster, input.mailbox, -1) },
      };
    case "moved":
      return { organisation: withMove(organisation, input, moment) };
    default:
      return unreachable(input);
  }
};

/** Gives users their clusters, counts them, and reports moves as batches. */
export const stepOrganisation = (
  before: Organisation,
  input: OrganisationInput | { readonly kind: "timerFired" },
  moment: Moment,
): Step<State, Input, Call> => {
  const { organisation, orders = [] } =
    input.kind === "timerFired" ? { organisation: before } : changed(before, input, moment);
  const told = tellBatches(organisation, moment);
  const load = loadTold(before.clusters, told.organisation.clusters, moment);
  return { state: told.organisation, effects: [...orders, ...load, ...told.orders] };
};
