import { join } from "node:path";
import { type SharedView, type ViewPart, viewsOf } from "@hybrid/service";
import { openView, type View, type ViewDefinition } from "@hybrid/view";
import { Counter, Gauge, type Registry } from "prom-client";
import type { ConfiguredService } from "../config.ts";
import type { Opening } from "../opened.ts";
import type { SystemOptions } from "../system-options.ts";

/** The views of this process by service and definition. */
export type Views = ReadonlyMap<string, ReadonlyMap<ViewDefinition, View | SharedView>>;

/** Whether it is a file of this process, and so answers queries. */
export const isFile = (view: View | SharedView | undefined): view is View =>
  view !== undefined && "all" in view;

const metricsOf = (registry: Registry, views: () => readonly (readonly [string, View | SharedView])[]) => {
  const registers = [registry];
  const labelNames = ["view"] as const;
  const ready = new Gauge({
    name: "hybrid_view_ready",
    help: "1 while a view is caught up, 0 while it is being read or cannot go on.",
    labelNames,
    registers,
    collect: () => {
      for (const [name, view] of views()) ready.set({ view: name }, view.notReady() === null ? 1 : 0);
    },
  });
  const records = new Counter({
    name: "hybrid_view_records_total",
    help: "Records that a view has read.",
    labelNames,
    registers,
  });
  const skipped = new Counter({
    name: "hybrid_view_skipped_total",
    help: "Records that a view could not read and left out.",
    labelNames,
    registers,
  });
  return { records, skipped };
};

/** Opens what takes the place of one view's file, where the settings want that. */
type OpenShared = (named: string) => Promise<SharedView | null>;

const sharedOf =
  (options: SystemOptions, { registry }: Opening, metrics: ReturnType<typeof metricsOf>) =>
  ({ config }: ConfiguredService, part: ViewPart<unknown>): OpenShared =>
  async (view) =>
    (await part.shared?.({
      config,
      isFleet: options.log.place.kind === "kafka",
      partitions: options.log.partitions,
      scheduler: options.scheduler,
      logger: options.logger,
      registry,
      onApplied: (count) => metrics.records.inc({ view }, count),
      onSkipped: () => metrics.skipped.inc({ view }),
    })) ?? null;

/** Opens all views of this process; they read nothing before they follow a log. */
export const openViews = async (options: SystemOptions, opening: Opening): Promise<Views> => {
  const { scheduler, logger, viewFolder } = options;
  const { opened, registry } = opening;
  const all: (readonly [string, View | SharedView])[] = [];
  const parts = options.services.flatMap(({ service }) => viewsOf(service));
  if (parts.length === 0) return new Map();
  const metrics = metricsOf(registry, () => all);
  const shares = sharedOf(options, opening, metrics);
  const open = async (
    service: string,
    definition: ViewDefinition,
    share: OpenShared,
  ): Promise<View | SharedView> => {
    const name = `${service}-${definition.name}`;
    const view =
      (await share(name)) ??
      openView({
        definition,
        path: join(viewFolder, `${name}.sqlite`),
        scheduler,
        logger,
        onApplied: (count) => metrics.records.inc({ view: name }, count),
        onSkipped: () => metrics.skipped.inc({ view: name }),
      });
    all.push([name, opened.add(view, (each) => each.close())]);
    return view;
  };
  // What several services read alike is one file.
  const once = new Map<ViewDefinition, View | SharedView>();
  const views = new Map<string, Map<ViewDefinition, View | SharedView>>();
  for (const configured of options.services) {
    const { service } = configured;
    const own = new Map<ViewDefinition, View | SharedView>();
    for (const part of viewsOf(service)) {
      const view = once.get(part.view) ?? (await open(service.name, part.view, shares(configured, part)));
      once.set(part.view, view);
      own.set(part.view, view);
    }
    views.set(service.name, own);
  }
  return views;
};

/** Every view with its service's name, or that of the first service which reads it. */
export const listedViews = (views: Views): readonly (readonly [string, View | SharedView])[] => {
  const names = new Map<View | SharedView, string>();
  for (const [service, own] of views)
    for (const view of own.values()) names.set(view, names.get(view) ?? service);
  return [...names].map(([view, service]) => [service, view] as const);
};
