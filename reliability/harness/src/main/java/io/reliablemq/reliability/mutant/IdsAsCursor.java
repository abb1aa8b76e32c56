package io.reliablemq.reliability.mutant;

import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore.Page;
import io.reliablemq.outbox.spi.OutboxStore.Surroundings;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.reliability.mutant.Replaced.Sound;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;

/** What was read once is the past: nobody looks below the highest id of a lane that was seen. */
class IdsAsCursor {

    private final Map<Integer, Long> seen = new ConcurrentHashMap<>();

    @Bean
    static ReplacedOutboxStore neverLooksBack() {
        IdsAsCursor cursor = new IdsAsCursor();
        return new ReplacedOutboxStore(Map.of(
                "readAfter", (arguments, sound) -> cursor.saw((List<?>) read(sound, cursor.raised(arguments))),
                "readPage",
                        (arguments, sound) -> {
                            Page page = (Page) read(sound, cursor.raised(arguments));
                            cursor.saw(page.rows());
                            return page;
                        },
                "look",
                        (arguments, sound) -> {
                            Surroundings found = (Surroundings) read(sound, cursor.raised(arguments));
                            cursor.saw(found.page().rows());
                            return new Surroundings(found.page(), List.of());
                        },
                "scan", (arguments, sound) -> List.of()));
    }

    private static Object read(Sound sound, Object... arguments) throws Throwable {
        return Objects.requireNonNull(sound.call(arguments));
    }

    private Object[] raised(Object... arguments) {
        Map<?, ?> after = (Map<?, ?>) arguments[0];
        Object[] raised = arguments.clone();
        raised[0] = after.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> (Integer) entry.getKey(),
                        entry -> Math.max((Long) entry.getValue(), seen.getOrDefault((Integer) entry.getKey(), 0L))));
        return raised;
    }

    private List<?> saw(List<?> rows) {
        for (Object row : rows) {
            RowRef ref = ((OutboxRow) row).ref();
            seen.merge(ref.lane(), ref.id(), Math::max);
        }
        return rows;
    }
}
