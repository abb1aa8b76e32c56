package io.reliablemq.journey;

import io.reliablemq.faults.Failpoint;
import io.reliablemq.faults.Failpoints;
import io.reliablemq.journey.ShopApplication.Orders;
import io.reliablemq.journey.ShopApplication.Reminder;
import io.reliablemq.journey.ShopApplication.Reminders;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;

/**
 * The shop in a JVM of its own, which ends at a failpoint: places one order, a poisonous one or one that no
 * topic takes, or promises a reminder and perhaps takes it back, then waits for its end.
 */
class CrashingShop {

    public static void main(String[] arguments) throws InterruptedException {
        // else the process would live on without its main thread
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            thrown.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        ApplicationContext shop = SpringApplication.run(ShopApplication.class, arguments);
        if (CrashPoint.isToLeaveUnsettled()) {
            shop.getBean(Failpoints.class).hold(Failpoint.BEFORE_SETTLE);
        }
        if (CrashPoint.first().isEmpty()) {
            doWhatLeadsTo(CrashPoint.chosen().orElseThrow(), shop);
            Thread.sleep(60_000);
        }
        // what is left takes two invisible times at most; then there is nothing left at that point
        Thread.sleep(30_000);
        Runtime.getRuntime().halt(0);
    }

    private static void doWhatLeadsTo(CrashPoint point, ApplicationContext shop) {
        Orders orders = shop.getBean(Orders.class);
        if (point.isOfAParkedMessage()) {
            orders.placeInNowhere(CrashPoint.run());
        } else if (point.isOfPoison()) {
            orders.placePoison(CrashPoint.run());
        } else if (point.isOfAReminder()) {
            remind(shop.getBean(Reminders.class), point);
        } else {
            orders.open(CrashPoint.run());
            orders.place(CrashPoint.run());
        }
    }

    private static void remind(Reminders reminders, CrashPoint point) {
        Reminder reminder = reminders.promise(CrashPoint.run(), CrashScene.UNTIL_REMINDED);
        if (point.isOfACancellation()) {
            reminders.takeBack(reminder);
        }
    }
}
