package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.FatalListenerException;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says what is wrong with a payload, for logs and dead letters: Spring's exception says the rejected values as well. */
final class Violations {

    private static final int MOST = 20;

    private Violations() {}

    static FatalListenerException named(MethodArgumentNotValidException invalid) {
        BindingResult result = invalid.getBindingResult();
        List<ObjectError> errors = result == null ? List.of() : result.getAllErrors();
        String names =
                errors.stream().limit(MOST).map(Violations::name).sorted().collect(Collectors.joining("; "));
        String more = errors.size() > MOST ? "; and " + (errors.size() - MOST) + " more" : "";
        return new FatalListenerException("The payload is not valid: " + names + more);
    }

    private static String name(ObjectError error) {
        String where = error instanceof FieldError field ? path(field.getField()) + " " : "";
        return where + error.getDefaultMessage();
    }

    /** The key of a map is a value as well; the index of a list is not. */
    private static String path(String field) {
        return field.replaceAll("\\[(?!\\d+]).*", "[...]");
    }
}
