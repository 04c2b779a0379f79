/**
 * SQLite over a replica: the file format as far as it is needed, the VFS, the JDBC driver service
 * and {@link dev.graft.sqlite.GraftDataSource}.
 */
@NullMarked
package dev.graft.sqlite;

import org.jspecify.annotations.NullMarked;
