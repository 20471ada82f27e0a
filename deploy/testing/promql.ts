import type { SyntaxNodeRef } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression asks for, with the labels it is asked by. */
export interface Selector {
  metric: string;
  labels: string[];
}

export interface Expression {
  /** Where the parser stumbled; empty for correct PromQL. */
  errors: string[];
  selectors: Selector[];
  /** Labels that results are grouped by. */
  groupedBy: string[];
}

function selectorOf(node: SyntaxNodeRef, text: string): Selector {
  const selector: Selector = { metric: '', labels: [] };
  node.node.toTree().iterate({
    enter: ({ name, from, to }) => {
      const part = text.slice(node.from + from, node.from + to);
      if (name === 'Identifier') selector.metric = part;
      if (name === 'LabelName') selector.labels.push(part);
    },
  });
  return selector;
}

/** Reads PromQL with the grammar of Prometheus' own editor. */
export function readPromql(text: string): Expression {
  const expression: Expression = { errors: [], selectors: [], groupedBy: [] };
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError)
        expression.errors.push(`at ${node.from}: ${text.slice(node.from, node.from + 20)}`);
      if (node.name === 'GroupingLabels') {
        expression.groupedBy.push(...(text.slice(node.from, node.to).match(/\w+/g) ?? []));
      }
      if (node.name !== 'VectorSelector') return true;
      expression.selectors.push(selectorOf(node, text));
      return false;
    },
  });
  return expression;
}
