interface Frame {
  readonly node: string;
  readonly next: Iterator<string>;
}

/**
 * The nodes that lie on a cycle: the strongly connected components of more than one node, and nodes with an edge to themselves
 * (Tarjan 1972, with a stack of its own, as a spec decides how deep the graph is).
 */
export function onCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const trail: string[] = [];
  const onTrail = new Set<string>();
  const found = new Set<string>();
  const frames: Frame[] = [];
  const lower = (node: string, to: number) => low.set(node, Math.min(low.get(node) ?? to, to));

  const enter = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node) ?? 0);
    trail.push(node);
    onTrail.add(node);
    frames.push({ node, next: (graph.get(node) ?? new Set<string>()).values() });
  };
  const leave = (node: string): void => {
    frames.pop();
    const parent = frames.at(-1);
    if (parent !== undefined) lower(parent.node, low.get(node) ?? 0);
    if (low.get(node) !== order.get(node)) return;
    const members = trail.splice(trail.lastIndexOf(node));
    for (const member of members) onTrail.delete(member);
    if (members.length > 1 || graph.get(node)?.has(node) === true) for (const member of members) found.add(member);
  };

  for (const start of graph.keys()) {
    if (order.has(start)) continue;
    enter(start);
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const step = frame.next.next();
      if (step.done === true) leave(frame.node);
      else if (!order.has(step.value)) enter(step.value);
      else if (onTrail.has(step.value)) lower(frame.node, order.get(step.value) ?? 0);
    }
  }
  return found;
}
