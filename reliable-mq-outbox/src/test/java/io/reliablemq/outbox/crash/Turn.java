package io.reliablemq.outbox.crash;

import io.reliablemq.outbox.spi.LaneStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Whether it is a process's turn to take the first lane, and so the steps of a change. While not, it is answered as if another one was
 * just at it.
 */
final class Turn {

    private static final Map<String, Object> ANOTHER_ONE_IS_AT_IT =
            Map.of("advance", false, "finish", false, "retire", false, "reopen", false, "revive", 0);

    private final JdbcTemplate jdbc;
    volatile boolean has = true;

    Turn(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    LaneStore of(LaneStore lanes) {
        return (LaneStore) Proxy.newProxyInstance(
                LaneStore.class.getClassLoader(), new Class<?>[] {LaneStore.class}, (self, method, arguments) -> {
                    if (!has && ANOTHER_ONE_IS_AT_IT.containsKey(method.getName())) {
                        return ANOTHER_ONE_IS_AT_IT.get(method.getName());
                    }
                    if (!has && method.getName().equals("claim") && isFirstLaneFree()) {
                        return List.of();
                    }
                    try {
                        return method.invoke(lanes, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private boolean isFirstLaneFree() {
        return !jdbc.queryForList("SELECT lane FROM reliable_mq_outbox_lane WHERE lane = 0 AND owner IS NULL")
                .isEmpty();
    }
}
