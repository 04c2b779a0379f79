/** The server, by bytes on sockets. */
@org.jspecify.annotations.NullMarked
package dev.graft.localstack.web;
