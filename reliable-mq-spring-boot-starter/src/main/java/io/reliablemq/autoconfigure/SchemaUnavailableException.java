package io.reliablemq.autoconfigure;

import org.jspecify.annotations.Nullable;

/** The library's tables are missing or could not be created. */
class SchemaUnavailableException extends RuntimeException {

    private final String part;
    private final String scripts;

    SchemaUnavailableException(String part, String scripts, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.part = part;
        this.scripts = scripts;
    }

    String part() {
        return part;
    }

    String scripts() {
        return scripts;
    }
}
