/** Plain bytes in volumes: a volume as one channel, or as a store of named files. */
@NullMarked
package dev.graft.client.files;

import org.jspecify.annotations.NullMarked;
