package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// keptStatements is how many prepared statements a connection keeps: ours and
// the job queue's are about a hundred.
const keptStatements = 256

// openPrepared opens a SQLite database whose connections keep what they have
// prepared, as pgx does: SQLite takes as long to parse most of our statements
// as to carry them out.
func openPrepared(dsn string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{connector}), nil
}

type preparing struct{ driver.Connector }

// Connect opens a connection that keeps its statements.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the SQLite driver's %T lacks a method", opened), opened.Close())
	}
	return &preparedConn{sqliteConn: c, idle: map[string]sqliteStmt{}}, nil
}

// sqliteConn is what database/sql uses of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedConn is a connection that keeps its statements. database/sql lets
// one goroutine at a time use it; but one query may begin while the rows of
// another are still read, so that a statement is taken out while it is in use.
type preparedConn struct {
	sqliteConn
	idle map[string]sqliteStmt
}

// ExecContext carries out a statement, prepared before if it can be.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	return result, errors.Join(err, c.giveBack(query, s, err))
}

// QueryContext is ExecContext for a statement that gives rows.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.giveBack(query, s, err))
	}
	return &preparedRows{Rows: rows, conn: c, query: query, stmt: s}, nil
}

// take gives the statement of a query, which nobody else has then.
func (c *preparedConn) take(ctx context.Context, query string) (sqliteStmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(sqliteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the SQLite driver's %T lacks a method", prepared), prepared.Close())
	}
	return s, nil
}

// giveBack keeps a statement for the next time, unless it failed or its place
// is taken. When there is no room any other makes way.
func (c *preparedConn) giveBack(query string, s sqliteStmt, failed error) error {
	if _, taken := c.idle[query]; taken || failed != nil {
		return s.Close()
	}
	var err error
	for other, old := range c.idle {
		if len(c.idle) < keptStatements {
			break
		}
		delete(c.idle, other)
		err = old.Close()
	}
	c.idle[query] = s
	return err
}

// Close closes the statements, then the connection.
func (c *preparedConn) Close() error {
	errs := []error{}
	for _, s := range c.idle {
		errs = append(errs, s.Close())
	}
	c.idle = nil
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

type preparedRows struct {
	driver.Rows
	conn  *preparedConn
	query string
	stmt  sqliteStmt
}

// Close ends the reading and gives the statement back.
func (r *preparedRows) Close() error {
	err := r.Rows.Close()
	return errors.Join(err, r.conn.giveBack(r.query, r.stmt, err))
}
