package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// movedTable is a table whose rows a move copies.
type movedTable struct {
	name string
	key  string // columns by which its rows are in order
	only string // SQL condition on the rows that are copied; "" is all
}

// from is the table with its condition, for a query.
func (t movedTable) from() string {
	if t.only == "" {
		return t.name
	}
	return t.name + ` WHERE ` + t.only
}

// movedTables are in an order in which each row finds those that it refers to. What belongs to
// the daemons of one store stays behind: the clock that they read, the connections that they
// hold, and in setting where their tables and sockets are.
var movedTables = [...]movedTable{
	{"setting", "name", `name NOT IN ('` + settingPlace + `', '` + settingCopied + `', '` + settingLeaving + `', '` + settingArriving + `')
		AND name NOT LIKE 'socket:%' AND name NOT LIKE 'outdated:%'`},
	{"config", "id", ""}, {"epoch", "name", ""},
	{"source", "name", ""}, {"host", "host", ""}, {"page_turn", "host, source", ""}, {"robots", "origin", ""}, {"subscription", "token", ""},
	{"fingerprint", "id", ""}, {"page_url", "key", ""}, {"seen", "key", ""},
	{"cluster", "id", ""}, {"story", "id", ""}, {"revision", "id", ""}, {"match", "story_id, rule, rule_hash", ""},
	{"sketch", "story_id", ""}, {"sketch_change", "changed", ""}, {"parting", "story_id, other_id", ""},
	{"channel", "name", ""}, {"sink", "name", ""}, {"pause", "name", ""}, {"alert", "id", ""}, {"delivery", "id", ""}, {"report", "alert_id, story_id", ""},
	{"press", "request", ""}, {"answer", "id", ""}, {"snooze", "id", ""}, {"unanswered", "alert_id", ""}, {"storm", "id", ""},
	{"recall", "id", ""}, {"recalled", "alert_id, recall_id", ""}, {"signal", "rule", ""}, {"trouble", "name", ""}, {"telling", "subject", ""},
}

// mover copies the rows of one store into another.
type mover struct {
	from, to *Store

	fromName, toName string // absolute where they are files

	report MoveReport
	now    time.Time // when it began, or goes on
	mark   transit   // of the target
	done   int64
	all    int64
}

// begin marks both stores, and empties the target unless it has the first part of this move.
func (c *mover) begin(ctx context.Context) error {
	leaving, err := c.from.mark(ctx, settingLeaving)
	if err != nil {
		return err
	}
	if leaving.Move != "" && leaving.Other != c.toName {
		return fmt.Errorf("%s is being moved to %s: end that move, or run `copytaster move --cancel`", c.fromName, leaving.Other)
	}
	if err := refuseUsed(ctx, c.to, leaving.Move); err != nil {
		return err
	}
	if c.mark, err = c.to.mark(ctx, settingArriving); err != nil {
		return err
	}
	if leaving.Move == "" {
		leaving = transit{Move: rand.Text(), Other: c.toName, Began: c.now}
		if err := c.from.InTx(ctx, func(tx *Tx) error { return setMark(ctx, tx, settingLeaving, &leaving) }); err != nil {
			return err
		}
	}
	if c.mark.Move == leaving.Move {
		c.mark.Resume++
		return c.count(ctx)
	}
	c.mark = transit{Move: leaving.Move, Other: c.fromName, Began: leaving.Began}
	err = c.to.InTx(ctx, func(tx *Tx) error {
		for i := len(movedTables) - 1; i >= 0; i-- {
			if err := exec(ctx, tx, "empty "+movedTables[i].name, `DELETE FROM `+movedTables[i].name); err != nil {
				return err
			}
		}
		for _, table := range [...]string{"word_segment", "word_index", "word_stale"} { // of other stories
			if err := exec(ctx, tx, "empty "+table, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		return setMark(ctx, tx, settingArriving, &c.mark)
	})
	if err != nil {
		return err
	}
	return c.count(ctx)
}

// count counts the rows that are to be copied, and those that are there.
func (c *mover) count(ctx context.Context) error {
	there := c.mark.Table != ""
	for _, t := range movedTables {
		var n int64
		if err := c.from.read.QueryRowContext(ctx, `SELECT count(*) FROM `+t.from()).Scan(&n); err != nil {
			return wrap("count "+t.name, err)
		}
		c.all += n
		if there = there && t.name != c.mark.Table; there {
			c.done += n
		}
	}
	c.done += c.mark.Rows
	return nil
}

// copy copies the tables, from where the move was interrupted.
func (c *mover) copy(ctx context.Context) error {
	if c.mark.Copied {
		return nil
	}
	begun := c.mark.Table == ""
	for _, t := range movedTables {
		if begun = begun || t.name == c.mark.Table; !begun {
			continue // it is there
		}
		if t.name != c.mark.Table {
			c.mark.Table, c.mark.Rows = t.name, 0
		}
		if err := c.copyTable(ctx, t); err != nil {
			return fmt.Errorf("move table %s: %w", t.name, explain(err))
		}
	}
	c.mark.Copied = true
	return nil
}

// mostValues is how many values one statement inserts; SQLite takes 32,766.
const mostValues = 8000

// copyTable copies the rows of a table that are not there yet, in transactions of one statement.
func (c *mover) copyTable(ctx context.Context, t movedTable) (err error) {
	rows, err := c.from.read.QueryContext(ctx, t.query(c.mark.Rows))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	insert := `INSERT INTO ` + t.name + ` (` + strings.Join(columns, ", ") + `)`
	if c.to.pool != nil {
		insert += ` OVERRIDING SYSTEM VALUE` // the numbers of rows are those of the other store
	}
	most := mostValues / len(columns)
	var values []any
	flush := func() error {
		n := len(values) / len(columns)
		if n == 0 {
			return nil
		}
		statement := insert + ` VALUES ` + rowPlaceholders(n, len(columns))
		before := c.mark
		c.mark.Rows += int64(n)
		err := c.to.InTx(ctx, func(tx *Tx) error {
			if _, err := tx.ExecContext(ctx, statement, values...); err != nil {
				return err
			}
			return setMark(ctx, tx, settingArriving, &c.mark)
		})
		if err != nil {
			c.mark = before
			return err
		}
		c.done, values = c.done+int64(n), values[:0]
		if c.report != nil {
			c.report(c.done, c.all)
		}
		return nil
	}
	for rows.Next() {
		row, mended, err := portableRow(rows, len(columns))
		if err != nil {
			return err
		}
		c.mark.Mended += mended
		if values = append(values, row...); len(values) >= most*len(columns) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return flush()
}

// query reads a table's rows in order, without the first few.
func (t movedTable) query(without int64) string {
	//nolint:unqueryvet // a move takes every column, also those that a later version adds
	return fmt.Sprintf(`SELECT * FROM %s ORDER BY %s LIMIT %d OFFSET %d`, t.from(), t.key, int64(1)<<62, without)
}

// rowPlaceholders are the parameters of rows: ($1, $2), ($3, $4).
func rowPlaceholders(rows, columns int) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + placeholders(1+i*columns, columns) + ")")
	}
	return b.String()
}

// portableRow reads a row as both databases hold it. What PostgreSQL does not store in a text is
// mended: NUL is left out, and what is no UTF-8 becomes U+FFFD. Bytes of which there are none stay
// bytes: SQLite returns them as nil, which PostgreSQL would take for NULL.
func portableRow(rows *sql.Rows, columns int) (row []any, mended int64, err error) {
	row = make([]any, columns)
	into := make([]any, columns)
	for i := range row {
		into[i] = &row[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, 0, err
	}
	for i, v := range row {
		if bytes, is := v.([]byte); is && bytes == nil {
			row[i] = []byte{}
		}
		text, is := v.(string)
		if is && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
			row[i] = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
			mended++
		}
	}
	return row, mended, nil
}

// end compares both stores, and hands over: from then on the target is the store.
func (c *mover) end(ctx context.Context) (m Moved, err error) {
	m = Moved{From: c.fromName, To: c.toName, Mended: c.mark.Mended, Resumed: c.mark.Resume}
	handed := !c.mark.Ended.IsZero() // by a move that was interrupted then: daemons may be at work there since
	if m.Tables, err = c.compare(ctx, !handed); err != nil {
		return m, err
	}
	if m.Bytes, err = bytesOf(ctx, c.from); err != nil {
		return m, err
	}
	if !handed {
		if err := refuseWork(ctx, c.from); err != nil {
			return m, err
		}
		if err := c.leave(ctx, transit{Handed: true}); err != nil {
			return m, err
		}
		if err := countOn(ctx, c.to, c.from); err != nil {
			return m, err
		}
		c.mark.Ended = c.now
		err = c.to.InTx(ctx, func(tx *Tx) error {
			err := saveSettings(ctx, tx, map[string]string{settingCopied: c.now.Format(time.RFC3339)})
			return errors.Join(err, setMark(ctx, tx, settingArriving, &c.mark))
		})
		if err != nil {
			return m, err
		}
	}
	if err := c.leave(ctx, transit{Handed: true, Ended: c.mark.Ended}); err != nil {
		return m, err
	}
	return m, wrap("count deliveries", c.to.read.QueryRowContext(ctx, `SELECT count(*) FROM delivery WHERE state IN `+open).Scan(&m.Open))
}

// leave marks the store that is left.
func (c *mover) leave(ctx context.Context, left transit) error {
	left.Move, left.Other, left.Began = c.mark.Move, c.toName, c.mark.Began
	return c.from.InTx(ctx, func(tx *Tx) error { return setMark(ctx, tx, settingLeaving, &left) })
}

// compare reads both stores anew, and returns an error where they differ. When nobody wants that,
// it only reads the one that is left.
func (c *mover) compare(ctx context.Context, both bool) ([]MovedTable, error) {
	tables := make([]MovedTable, 0, len(movedTables))
	for _, t := range movedTables {
		have, err := sumOf(ctx, c.from, t)
		if err != nil {
			return nil, err
		}
		if !both {
			tables = append(tables, have)
			continue
		}
		arrived, err := sumOf(ctx, c.to, t)
		if err != nil {
			return nil, err
		}
		if have != arrived {
			return nil, fmt.Errorf("table %s: %s has %d rows (%s), %s has %d (%s): nothing was handed over; "+
				"run `copytaster move --cancel`, and move it again", t.name, c.fromName, have.Rows, have.Hash, c.toName, arrived.Rows, arrived.Hash)
		}
		tables = append(tables, have)
	}
	return tables, nil
}

// sumOf counts the rows of a table, and adds up a hash of each: the order in which a database
// returns them does not matter.
func sumOf(ctx context.Context, s *Store, t movedTable) (MovedTable, error) {
	m := MovedTable{Name: t.name}
	query := `SELECT * FROM ` + t.from() //nolint:gosec,unqueryvet // names from movedTables, every column
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return m, wrap("read "+t.name, err)
	}
	defer rows.Close() //nolint:errcheck // read only
	columns, err := rows.Columns()
	if err != nil {
		return m, wrap("read "+t.name, err)
	}
	var sum [4]uint64
	for rows.Next() {
		row, _, err := portableRow(rows, len(columns))
		if err != nil {
			return m, wrap("read "+t.name, err)
		}
		hash := hashRow(columns, row)
		for i := range sum {
			sum[i] += binary.BigEndian.Uint64(hash[8*i:])
		}
		m.Rows++
	}
	var all []byte
	for _, part := range sum {
		all = binary.BigEndian.AppendUint64(all, part)
	}
	m.Hash = hex.EncodeToString(all[:16])
	return m, wrap("read "+t.name, rows.Err())
}

// hashRow hashes a row with the names of its columns, in whatever order they are.
func hashRow(columns []string, row []any) [32]byte {
	var all [4]uint64
	for i, v := range row {
		value := fmt.Appendf(nil, "%s\x00%T\x00%v", columns[i], v, v)
		hash := sha256.Sum256(value)
		for j := range all {
			all[j] += binary.BigEndian.Uint64(hash[8*j:])
		}
	}
	var bytes []byte
	for _, part := range all {
		bytes = binary.BigEndian.AppendUint64(bytes, part)
	}
	return sha256.Sum256(bytes)
}
