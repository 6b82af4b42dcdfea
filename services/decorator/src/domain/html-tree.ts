import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from "parse5";

/** Nodes of a parsed invitation; every element that was written in the source knows where. */
export type Node = DefaultTreeAdapterTypes.Node;
export type Element = DefaultTreeAdapterTypes.Element;

/** A stretch of the source: UTF-16 offsets, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where an element with both tags written out stands in the source. */
export interface ElementRange extends Range {
  /** The end of its start tag, and the start of its end tag. */
  readonly contentStart: number;
  readonly contentEnd: number;
}

/**
 * Bodies with more nodes, or deeper, are not read: no person wrote them, and while one is parsed everybody
 * else in the process waits. Browsers stop at a depth of 512.
 */
export const nodesMax = 40_000;
export const depthMax = 400;

class TooComplexError extends Error {}

/** The usual tree, which gives up as soon as it grows out of all proportion. */
const boundedAdapter = (): typeof defaultTreeAdapter => {
  let nodes = 0;
  let depth = 0;
  const count = (): void => {
    nodes += 1;
    if (nodes > nodesMax) throw new TooComplexError();
  };
  return {
    ...defaultTreeAdapter,
    createElement: (...made) => {
      count();
      return defaultTreeAdapter.createElement(...made);
    },
    createCommentNode: (data) => {
      count();
      return defaultTreeAdapter.createCommentNode(data);
    },
    createTextNode: (value) => {
      count();
      return defaultTreeAdapter.createTextNode(value);
    },
    insertText: (parent, text) => {
      if (parent.childNodes.at(-1)?.nodeName !== "#text") count();
      defaultTreeAdapter.insertText(parent, text);
    },
    insertTextBefore: (parent, text, reference) => {
      count();
      defaultTreeAdapter.insertTextBefore(parent, text, reference);
    },
    onItemPush: () => {
      depth += 1;
      if (depth > depthMax) throw new TooComplexError();
    },
    onItemPop: () => {
      depth -= 1;
    },
  };
};

/**
 * Parses the way a browser does: anything is a document. Null when it is larger or deeper than {@link
 * nodesMax} and {@link depthMax} allow.
 */
export const parseHtml = (html: string): DefaultTreeAdapterTypes.Document | null => {
  try {
    return parse(html, { sourceCodeLocationInfo: true, treeAdapter: boundedAdapter() });
  } catch (error) {
    if (error instanceof TooComplexError) return null;
    throw error;
  }
};

export const isElement = (node: Node): node is Element => "tagName" in node;

/** A `<template>`'s content is deliberately not among the children: nothing in it is shown. */
export const childrenOf = (node: Node): readonly Node[] => ("childNodes" in node ? node.childNodes : []);

/**
 * Walks below `node` in document order without recursion, so that depth is no limit; false does not
 * descend.
 */
export const walk = (node: Node, visit: (node: Node) => boolean): void => {
  const waiting: Node[] = [...childrenOf(node)].toReversed();
  for (let next = waiting.pop(); next; next = waiting.pop())
    if (visit(next)) for (const child of childrenOf(next).toReversed()) waiting.push(child);
};

export const attributeOf = (element: Element, name: string): string | undefined =>
  element.attrs.find((attribute) => attribute.name === name)?.value;

/** Text that a reader sees below the node, entities decoded; more than `charactersMax` of it are not read. */
export const textOf = (node: Node, charactersMax = Number.POSITIVE_INFINITY): string => {
  let text = "";
  walk(node, (inner) => {
    if (text.length > charactersMax) return false;
    if (inner.nodeName === "#text" && "value" in inner) text += inner.value;
    return !isUnseen(inner);
  });
  return text;
};

/** Elements whose text no reader sees. */
export const isUnseen = (node: Node): boolean =>
  node.nodeName === "script" ||
  node.nodeName === "style" ||
  node.nodeName === "head" ||
  node.nodeName === "title";

/** The source range of an element, or undefined when one of its tags is not written in the source. */
export const rangeOf = (element: Element): ElementRange | undefined => {
  const location = element.sourceCodeLocation;
  if (!location?.startTag || !location.endTag) return undefined;
  return {
    start: location.startOffset,
    end: location.endOffset,
    contentStart: location.startTag.endOffset,
    contentEnd: location.endTag.startOffset,
  };
};

/** The first element of that name below `node`, not looking into others' content than html's. */
export const childNamed = (node: Node, name: string): Element | undefined =>
  childrenOf(node).find((child): child is Element => isElement(child) && child.tagName === name);
