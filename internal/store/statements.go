package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// keptStatements is how many prepared statements a connection keeps. The store and
// the job queue have about a hundred.
const keptStatements = 256

// openPrepared opens a SQLite database whose connections keep prepared statements, as
// those of pgx do. SQLite takes as long to parse most of the statements as to run
// them.
func openPrepared(dsn string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{connector}), nil
}

type preparing struct{ driver.Connector }

// Connect opens a connection that keeps prepared statements.
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

// sqliteConn has the methods of the driver's connections that database/sql uses.
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

// preparedConn is a connection that keeps prepared statements. Only one goroutine at
// a time uses it. But a query may begin while the rows of another one are read, so
// that a statement is not among the idle ones while it is in use.
type preparedConn struct {
	sqliteConn
	idle map[string]sqliteStmt
}

// ExecContext runs a statement. It uses a prepared one if there is one.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	return result, errors.Join(err, c.giveBack(query, s, err))
}

// QueryContext is ExecContext for a statement that returns rows.
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

// take returns the statement of a query, which is not idle any more.
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

// giveBack keeps a statement for the next time, unless it failed or there is an idle
// one of the same query. If there are too many statements, any other one is closed.
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

// Close ends the query and gives the statement back.
func (r *preparedRows) Close() error {
	err := r.Rows.Close()
	return errors.Join(err, r.conn.giveBack(r.query, r.stmt, err))
}
