import { type DefaultTreeAdapterTypes, parse } from "parse5";

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

/** Parses the way a browser does: anything is a document, nothing is refused. */
export const parseHtml = (html: string): DefaultTreeAdapterTypes.Document =>
  parse(html, { sourceCodeLocationInfo: true });

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

/** Text that a reader sees below the node, entities decoded. */
export const textOf = (node: Node): string => {
  let text = "";
  walk(node, (inner) => {
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
