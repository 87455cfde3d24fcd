package store

import "context"

// countOn lets the numbers of new rows begin behind those that were given in another store, also
// behind those of rows that are gone.
func countOn(ctx context.Context, s *Store, from *Store) error {
	numbers, err := lastNumbers(ctx, from)
	if err != nil {
		return err
	}
	return s.InTx(ctx, func(tx *Tx) error {
		for table, last := range numbers {
			query := `INSERT INTO sqlite_sequence (name, seq) SELECT $1, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)`
			set := `UPDATE sqlite_sequence SET seq = max(seq, $2) WHERE name = $1`
			if s.pool != nil {
				query, set = ``, `SELECT setval(pg_get_serial_sequence($1, 'id'), greatest($2::bigint, 1), $2::bigint > 0)`
			}
			if query != "" {
				if err := exec(ctx, tx, "count on", query, table); err != nil {
					return err
				}
			}
			if err := exec(ctx, tx, "count on", set, table, last); err != nil {
				return err
			}
		}
		return nil
	})
}

// lastNumbers returns the last number that each table with numbered rows has given.
func lastNumbers(ctx context.Context, s *Store) (map[string]int64, error) {
	query := `SELECT name, seq FROM sqlite_sequence`
	if s.pool != nil {
		query = `SELECT c.relname, coalesce(pg_sequence_last_value(d.objid), 0)
			FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
			WHERE d.deptype IN ('a', 'i') AND pg_table_is_visible(c.oid)`
	}
	type number struct {
		table string
		last  int64
	}
	rows, err := s.read.QueryContext(ctx, query)
	all, err := collect(rows, err, "read numbers", func(scan func(...any) error) (n number, err error) {
		return n, scan(&n.table, &n.last)
	})
	moved := map[string]bool{}
	for _, t := range movedTables {
		moved[t.name] = true
	}
	last := map[string]int64{}
	for _, n := range all {
		if moved[n.table] {
			last[n.table] = n.last
		}
	}
	return last, err
}
