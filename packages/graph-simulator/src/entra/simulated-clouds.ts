/** A national cloud, as its Entra names it. */
export interface SimulatedCloud {
  readonly name: string;
  /** Its Microsoft Graph, which tokens are for. */
  readonly graphUrl: string;
}

/** The clouds that can be simulated; tokens of one are of no use in another. */
export const simulatedClouds = {
  worldwide: { name: "microsoftonline.com", graphUrl: "https://graph.microsoft.com" },
  gccHigh: { name: "microsoftonline.us", graphUrl: "https://graph.microsoft.us" },
} as const satisfies Readonly<Record<string, SimulatedCloud>>;

/** The name of a cloud that can be simulated. */
export type SimulatedCloudName = keyof typeof simulatedClouds;
