package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.outbox.MessageRejectedException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * What operators see, and, where {@code management.endpoint.reliablemq.access} is {@code unrestricted}, do.
 *
 * <p><b>Errors</b>: 400 for what makes no sense, 404 for what is not there, 409 for what cannot be done now, 503 while the database does
 * not answer; each with an {@code error} that says what to do.
 */
@WebEndpoint(id = ReliableMqEndpoint.ID, defaultAccess = Access.READ_ONLY)
class ReliableMqEndpoint {

    static final String ID = "reliablemq";

    private static final Logger log = LoggerFactory.getLogger(ReliableMqEndpoint.class);

    private final Overview overview;
    private final Map<String, Section> sections;

    /** @param sections by name */
    ReliableMqEndpoint(Overview overview, Map<String, Section> sections) {
        this.overview = overview;
        this.sections = sections;
    }

    /** With what is in memory also while the database is away. */
    @ReadOperation
    WebEndpointResponse<Object> overview(Given given) {
        Map<String, Object> all = overview.seen(List.copyOf(sections.keySet()));
        WebEndpointResponse<Object> response = answered(() -> {
            given.only();
            all.putAll(overview.stored());
            return all;
        });
        if (response.getStatus() == Problem.UNAVAILABLE && response.getBody() instanceof Failure failure) {
            all.put("error", failure.error());
            return new WebEndpointResponse<>(all, Problem.UNAVAILABLE);
        }
        return response;
    }

    @ReadOperation
    WebEndpointResponse<Object> section(@Selector String section, Given given) {
        return answered(() -> named(section).list(given));
    }

    @ReadOperation
    WebEndpointResponse<Object> item(@Selector String section, @Selector String item, Given given) {
        return answered(() -> named(section).item(item, given));
    }

    @WriteOperation
    WebEndpointResponse<Object> act(@Selector String section, @Selector String item, Given given) {
        return answered(() -> named(section).act(item, given));
    }

    private Section named(String name) {
        Section section = sections.get(name);
        if (section == null) {
            throw Problem.unknown("section", Given.shown(name), sections.keySet());
        }
        return section;
    }

    /** The answer to a request that was not done. */
    record Failure(String error) {}

    private static WebEndpointResponse<Object> answered(Supplier<Object> request) {
        try {
            Object body = request.get();
            return body instanceof WebEndpointResponse<?> whole ? as(whole) : new WebEndpointResponse<>(body);
        } catch (Problem e) {
            return failed(e);
        } catch (IllegalArgumentException | MessageRejectedException e) {
            return failed(Problem.badRequest(String.valueOf(e.getMessage())));
        } catch (DataAccessException | TransactionException e) {
            if (!isAway(e)) {
                throw e;
            }
            return unavailable(e);
        } catch (InboxUnavailableException | InboxContentionException e) {
            return unavailable(e);
        }
    }

    private static WebEndpointResponse<Object> as(WebEndpointResponse<?> whole) {
        return new WebEndpointResponse<>(whole.getBody(), whole.getStatus(), whole.getContentType());
    }

    private static boolean isAway(RuntimeException e) {
        return e instanceof TransactionException
                || e instanceof TransientDataAccessException
                || e instanceof RecoverableDataAccessException
                || e instanceof NonTransientDataAccessResourceException
                || e instanceof UncategorizedDataAccessException;
    }

    /** What drivers say may hold addresses and statements: for the log only. */
    private static WebEndpointResponse<Object> unavailable(RuntimeException e) {
        log.warn("An operator's request was not answered: {}", e.toString());
        return failed(Problem.unavailable("The database does not answer ("
                + e.getClass().getSimpleName()
                + "): try again when it does, and look into the section audit for whether this request took effect"));
    }

    private static WebEndpointResponse<Object> failed(Problem problem) {
        return new WebEndpointResponse<>(new Failure(String.valueOf(problem.getMessage())), problem.status());
    }
}
