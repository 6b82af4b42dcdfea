import { join } from "node:path";
import { viewsOf } from "@hybrid/service";
import { openView, type View, type ViewDefinition } from "@hybrid/view";
import { Counter, Gauge, type Registry } from "prom-client";
import type { Opening } from "../opened.ts";
import type { SystemOptions } from "../system-options.ts";

/** The views of this process by service and definition. */
export type Views = ReadonlyMap<string, ReadonlyMap<ViewDefinition, View>>;

const metricsOf = (registry: Registry, views: () => readonly (readonly [string, View])[]) => {
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

/** Opens the files of all views of this process; they read nothing before they follow a log. */
export const openViews = (options: SystemOptions, { opened, registry }: Opening): Views => {
  const { scheduler, logger, viewFolder } = options;
  const all: (readonly [string, View])[] = [];
  const parts = options.services.flatMap(({ service }) => viewsOf(service));
  if (parts.length === 0) return new Map();
  const metrics = metricsOf(registry, () => all);
  const open = (service: string, definition: ViewDefinition): View => {
    const name = `${service}-${definition.name}`;
    const view = openView({
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
  const shared = new Map<ViewDefinition, View>();
  const once = (service: string, definition: ViewDefinition): View => {
    const view = shared.get(definition) ?? open(service, definition);
    shared.set(definition, view);
    return view;
  };
  return new Map(
    options.services.map(({ service }) => [
      service.name,
      new Map(viewsOf(service).map(({ view }) => [view, once(service.name, view)] as const)),
    ]),
  );
};

/** Every view with its service's name, or that of the first service which reads it. */
export const listedViews = (views: Views): readonly (readonly [string, View])[] => {
  const names = new Map<View, string>();
  for (const [service, own] of views)
    for (const view of own.values()) names.set(view, names.get(view) ?? service);
  return [...names].map(([view, service]) => [service, view] as const);
};
