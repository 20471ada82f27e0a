import type postgres from 'postgres';

/** One node of a query plan, as EXPLAIN (FORMAT JSON) tells it. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Scan Direction'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: PlanNode[];
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** All nodes of the plan of a statement with its parameters, which is run when `analyze` is set. */
export async function planOf(
  sql: postgres.Sql,
  statement: string,
  parameters: readonly string[],
  analyze = false,
): Promise<PlanNode[]> {
  const options = analyze ? 'ANALYZE, FORMAT JSON' : 'FORMAT JSON';
  const rows = await sql.unsafe<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(
    `EXPLAIN (${options}) ${statement}`,
    [...parameters],
  );
  return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => flatten(Plan)));
}

/** How many rows a node of an analyzed plan gave or threw away, in all its loops. */
export function rowsTouched(node: PlanNode): number {
  const { 'Actual Rows': rows = 0, 'Actual Loops': loops = 1 } = node;
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Join Filter': unmatched = 0 } = node;
  return (rows + filtered + unmatched) * loops;
}
