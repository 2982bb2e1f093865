/* The loop of sim/emergency/machine.py in C, statement by statement, as a yardstick for the compiled engine.
   Built by benchmarks/emergency.py: cc -O3 -march=native -ffp-contract=off -shared -fPIC. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { RETURN_OFF, RETURN_ON, RETURN_QUEUE_ONLY };
enum { ROAD_LAW, ROAD_NEAREST_NODE, ROAD_SHARE };
enum { ANSWERED, ABANDONED, OPEN_AT_END };
enum { NOWHERE, BASE, WAY_BACK };
#define NONE (-1)

typedef struct {
    int64_t calls, units, stations, hospitals, zones, priorities, vehicles, needs, nodes;
    double horizon;
    int64_t first_hour;
    double scale, exponent;
    int64_t metric, returns, road, by_priority;
    double road_turnout_share;
} Sizes;

typedef struct {
    const double *ready;
    const int32_t *order, *zone_of;
    const int8_t *priority_of, *need_of;
    const double *turnout_of, *travel_error, *scene_of;
    const uint8_t *transported;
    const int32_t *hospital_of;
    const double *transport_of, *transport_error, *handover_of, *return_error, *patience;
} Calls;

typedef struct {
    const int64_t *station_of, *vehicle_of, *window_first;
    const double *window_start, *window_end;
    const double *zone_x, *zone_y, *station_x, *station_y, *hospital_x, *hospital_y;
    const int16_t *unit_order;
    const double *expected, *actual, *to_hospital, *scene_to_station, *hospital_to_station;
    const int64_t *nearest_hospital;
    const double *node_x, *node_y;
    const int64_t *zone_node, *hospital_node;
    const double *expected_node, *actual_node, *travel_factor, *head_start;
    const uint8_t *suitable;
} World;

typedef struct {
    int8_t *outcome;
    int32_t *unit;
    int8_t *sent_from;
    int32_t *hospital;
    double *dispatched, *rolling, *arrived, *left_scene, *at_hospital, *free, *back, *turnout, *travel;
} Log;

#define FLOOR_BINS_PER_KM 4.0
#define FLOOR_BINS 400

static double distance_km(double dx, double dy, int64_t metric)
{
    return metric == 1 ? fabs(dx) + fabs(dy) : sqrt(dx * dx + dy * dy);
}

static double minutes_over(double km, double scale, double exponent)
{
    if (exponent == 1.0)
        return scale * km;
    if (km == 0.0)
        return 0.0;
    return scale * pow(km, exponent);
}

static double law_minutes(double dx, double dy, double scale, double exponent, int64_t metric)
{
    return minutes_over(distance_km(dx, dy, metric), scale, exponent);
}

static int64_t hour_of_week(double minute, int64_t first_hour)
{
    return (first_hour + (int64_t)(minute / 60.0)) % 168;
}

static double on_the_way(double start, double end, double share)
{
    return (1.0 - share) * start + share * end;
}

static double table_minutes(int64_t road, double share, double start_x, double start_y, double home_x, double home_y,
                            int64_t node, double base_minutes, int64_t zone, const Sizes *n, const World *w,
                            const double *to_scene)
{
    if (share == 0.0)
        return to_scene[node * n->zones + zone];
    if (road == ROAD_SHARE)
        return on_the_way(to_scene[node * n->zones + zone], base_minutes, share);
    double x = on_the_way(start_x, home_x, share), y = on_the_way(start_y, home_y, share), least = INFINITY;
    int64_t best = 0;
    for (int64_t i = 0; i < n->nodes; i++) {
        double dx = w->node_x[i] - x, dy = w->node_y[i] - y, square = dx * dx + dy * dy;
        if (square < least) {
            least = square;
            best = i;
        }
    }
    return to_scene[best * n->zones + zone];
}

typedef struct {
    double earliest, available, until, free, back, start_x, start_y, home_x, home_y;
    int64_t station, vehicle, window, last_window, start_node, last_call;
    int just_freed, is_away;
} Unit;

static void settle(Unit *u, double now, const World *w)
{
    double moment = now > u->earliest ? now : u->earliest;
    int64_t at = u->window, end = u->last_window;
    while (at < end && w->window_end[at] <= moment)
        at++;
    u->window = at;
    if (at == end) {
        u->available = INFINITY;
        u->until = INFINITY;
    } else {
        u->available = u->earliest > w->window_start[at] ? u->earliest : w->window_start[at];
        u->until = w->window_end[at];
    }
}

static void nothing_yet(const Log *log, int64_t call)
{
    log->outcome[call] = OPEN_AT_END;
    log->unit[call] = NONE;
    log->sent_from[call] = NOWHERE;
    log->hospital[call] = NONE;
    log->dispatched[call] = log->rolling[call] = log->arrived[call] = log->left_scene[call] = NAN;
    log->at_hospital[call] = log->free[call] = log->back[call] = log->turnout[call] = log->travel[call] = NAN;
}

int run(const Sizes *n, const Calls *c, const World *w, const Log *log)
{
    Unit *units = calloc(n->units ? n->units : 1, sizeof(Unit));
    int64_t *away = malloc((n->units + 1) * sizeof(int64_t));
    int64_t *first = malloc(n->priorities * sizeof(int64_t)), *last = malloc(n->priorities * sizeof(int64_t));
    int32_t *following = malloc((n->calls + 1) * sizeof(int32_t)), *previous = malloc((n->calls + 1) * sizeof(int32_t));
    if (!units || !away || !first || !last || !following || !previous)
        return 1;
    int64_t n_away = 0, n_waiting = 0, position = 0;
    double clock = 0.0, floors[FLOOR_BINS];

    for (int64_t i = 0; i < FLOOR_BINS; i++)
        floors[i] = minutes_over(i / FLOOR_BINS_PER_KM, n->scale, n->exponent) * (1.0 - 1e-12);
    for (int64_t i = 0; i < n->units; i++) {
        Unit *u = &units[i];
        u->earliest = u->free = u->back = -INFINITY;
        u->window = w->window_first[i];
        u->last_window = w->window_first[i + 1];
        u->station = w->station_of[i];
        u->vehicle = w->vehicle_of[i];
        u->home_x = w->station_x[u->station];
        u->home_y = w->station_y[u->station];
        settle(u, 0.0, w);
    }
    for (int64_t p = 0; p < n->priorities; p++)
        first[p] = last[p] = NONE;

    for (;;) {
        double next_ready = INFINITY;
        if (position < n->calls) {
            next_ready = c->ready[c->order[position]];
            if (next_ready >= n->horizon)
                next_ready = INFINITY;
        }
        int64_t chosen = NONE, call = NONE;
        double minutes = 0.0;

        if (n_waiting > 0) {
            double soonest = INFINITY;
            for (int64_t i = 0; i < n->units; i++) {
                Unit *u = &units[i];
                if (u->until <= clock)
                    settle(u, clock, w);
                if (u->available < soonest)
                    for (int64_t p = 0; p < n->priorities; p++)
                        if (first[p] != NONE && w->suitable[p * n->vehicles + u->vehicle]) {
                            soonest = u->available;
                            chosen = i;
                            break;
                        }
            }
            if (chosen != NONE && soonest <= next_ready && soonest < n->horizon) {
                clock = soonest;
                for (int64_t p = 0; p < n->priorities; p++) {
                    if (!w->suitable[p * n->vehicles + units[chosen].vehicle])
                        continue;
                    while (first[p] != NONE && c->ready[first[p]] + c->patience[first[p]] < clock) {
                        log->outcome[first[p]] = ABANDONED;
                        n_waiting--;
                        first[p] = following[first[p]];
                        if (first[p] == NONE)
                            last[p] = NONE;
                        else
                            previous[first[p]] = NONE;
                    }
                    int64_t candidate = first[p];
                    if (candidate != NONE && (call == NONE || (!n->by_priority && candidate < call)))
                        call = candidate;
                }
                if (call == NONE) {
                    Unit *u = &units[chosen];
                    if (u->just_freed) {
                        u->just_freed = 0;
                        u->earliest = u->back;
                        settle(u, clock, w);
                    }
                    continue;
                }
                int64_t p = c->priority_of[call] - 1, before = previous[call], after = following[call];
                if (before == NONE)
                    first[p] = after;
                else
                    following[before] = (int32_t)after;
                if (after == NONE)
                    last[p] = before;
                else
                    previous[after] = (int32_t)before;
                n_waiting--;
            } else if (next_ready == INFINITY)
                break;
            else
                chosen = NONE;
        } else if (next_ready == INFINITY)
            break;

        int waited = call != NONE;
        if (!waited) {
            call = c->order[position++];
            clock = next_ready;
            int64_t zone = c->zone_of[call], p = c->priority_of[call] - 1;
            double least = INFINITY;
            for (int64_t rank = 0; rank < n->units; rank++) {
                int64_t i = w->unit_order[zone * n->units + rank];
                Unit *u = &units[i];
                if (u->until <= clock)
                    settle(u, clock, w);
                if (u->available > clock)
                    continue;
                if (u->just_freed) {
                    u->just_freed = 0;
                    u->earliest = u->back;
                    settle(u, clock, w);
                    if (u->available > clock)
                        continue;
                }
                if (u->back > clock || !w->suitable[p * n->vehicles + u->vehicle])
                    continue;
                chosen = i;
                least = w->expected[zone * n->stations + u->station];
                break;
            }
            if (n->returns == RETURN_ON && n_away > 0) {
                double head = w->head_start[hour_of_week(clock, n->first_hour)];
                double call_x = w->zone_x[zone], call_y = w->zone_y[zone];
                int64_t index = 0;
                while (index < n_away) {
                    int64_t i = away[index];
                    Unit *u = &units[i];
                    if (u->back <= clock) {
                        u->is_away = 0;
                        away[index] = away[--n_away];
                        continue;
                    }
                    index++;
                    if (u->until <= clock)
                        settle(u, clock, w);
                    if (u->available > clock || !w->suitable[p * n->vehicles + u->vehicle])
                        continue;
                    double share = (clock - u->free) / (u->back - u->free), road_minutes;
                    if (n->road == ROAD_LAW) {
                        double x = on_the_way(u->start_x, u->home_x, share), y = on_the_way(u->start_y, u->home_y, share);
                        double km = distance_km(x - call_x, y - call_y, n->metric);
                        double bin = fmin(km * FLOOR_BINS_PER_KM, FLOOR_BINS - 1.0);
                        if (floors[(int64_t)bin] - head > least)
                            continue;
                        road_minutes = minutes_over(km, n->scale, n->exponent);
                    } else
                        road_minutes = table_minutes(n->road, share, u->start_x, u->start_y, u->home_x, u->home_y,
                                                     u->start_node, w->expected[zone * n->stations + u->station],
                                                     zone, n, w, w->expected_node);
                    double lead = road_minutes - head;
                    if (lead < least || (lead == least && i < chosen)) {
                        least = lead;
                        chosen = i;
                        minutes = road_minutes;
                    }
                }
            }
            if (chosen == NONE) {
                nothing_yet(log, call);
                int64_t before = last[p], after = NONE;
                while (before != NONE && before > call) {
                    after = before;
                    before = previous[before];
                }
                previous[call] = (int32_t)before;
                following[call] = (int32_t)after;
                if (before == NONE)
                    first[p] = call;
                else
                    following[before] = (int32_t)call;
                if (after == NONE)
                    last[p] = call;
                else
                    previous[after] = (int32_t)call;
                n_waiting++;
                continue;
            }
        }

        Unit *u = &units[chosen];
        int64_t zone = c->zone_of[call], station = u->station;
        double turnout = c->turnout_of[call];
        if (u->back <= clock) {
            log->sent_from[call] = BASE;
            minutes = w->actual[zone * n->stations + station];
        } else {
            log->sent_from[call] = WAY_BACK;
            log->back[u->last_call] = clock;
            turnout = n->road_turnout_share * turnout;
            double share = (clock - u->free) / (u->back - u->free);
            if (n->road != ROAD_LAW)
                minutes = table_minutes(n->road, share, u->start_x, u->start_y, u->home_x, u->home_y, u->start_node,
                                        w->actual[zone * n->stations + station], zone, n, w, w->actual_node);
            else if (waited) {
                double x = on_the_way(u->start_x, u->home_x, share), y = on_the_way(u->start_y, u->home_y, share);
                minutes = law_minutes(x - w->zone_x[zone], y - w->zone_y[zone], n->scale, n->exponent, n->metric);
            }
        }
        double rolling = clock + turnout;
        double travel = minutes * w->travel_factor[hour_of_week(rolling, n->first_hour)] * c->travel_error[call];
        double arrived = rolling + travel, left_scene = arrived + c->scene_of[call], at_hospital, ends, way_back;
        int64_t hospital = NONE;
        if (c->transported[call]) {
            hospital = c->hospital_of[call];
            if (hospital < 0)
                hospital = w->nearest_hospital[zone * n->needs + c->need_of[call]];
        }
        if (hospital >= 0) {
            double transport = c->transport_of[call];
            if (isnan(transport)) {
                double factor = w->travel_factor[hour_of_week(left_scene, n->first_hour)];
                transport = w->to_hospital[zone * n->hospitals + hospital] * factor * c->transport_error[call];
            }
            at_hospital = left_scene + transport;
            ends = at_hospital + c->handover_of[call];
            way_back = w->hospital_to_station[hospital * n->stations + station];
            u->start_x = w->hospital_x[hospital];
            u->start_y = w->hospital_y[hospital];
            if (n->road != ROAD_LAW)
                u->start_node = w->hospital_node[hospital];
        } else {
            at_hospital = NAN;
            ends = left_scene;
            way_back = w->scene_to_station[zone * n->stations + station];
            u->start_x = w->zone_x[zone];
            u->start_y = w->zone_y[zone];
            if (n->road != ROAD_LAW)
                u->start_node = w->zone_node[zone];
        }
        double factor = w->travel_factor[hour_of_week(ends, n->first_hour)];
        double returned = ends + way_back * factor * c->return_error[call];
        log->outcome[call] = ANSWERED;
        log->unit[call] = (int32_t)chosen;
        log->hospital[call] = (int32_t)hospital;
        log->dispatched[call] = clock;
        log->rolling[call] = rolling;
        log->arrived[call] = arrived;
        log->left_scene[call] = left_scene;
        log->at_hospital[call] = at_hospital;
        log->free[call] = ends;
        log->back[call] = returned;
        log->turnout[call] = turnout;
        log->travel[call] = travel;

        u->free = ends;
        u->back = returned;
        u->last_call = call;
        u->earliest = n->returns != RETURN_OFF ? ends : returned;
        if (u->earliest < u->until)
            u->available = u->earliest;
        else
            settle(u, clock, w);
        if (n->returns == RETURN_ON) {
            if (!u->is_away) {
                u->is_away = 1;
                away[n_away++] = chosen;
            }
        } else if (n->returns == RETURN_QUEUE_ONLY) {
            u->just_freed = u->available == ends;
            if (!u->just_freed) {
                u->earliest = returned;
                settle(u, clock, w);
            }
        }
    }

    for (int64_t p = 0; p < n->priorities; p++)
        for (int64_t call = first[p]; call != NONE; call = following[call])
            if (c->ready[call] + c->patience[call] < n->horizon)
                log->outcome[call] = ABANDONED;
    while (position < n->calls)
        nothing_yet(log, c->order[position++]);
    free(units);
    free(away);
    free(first);
    free(last);
    free(following);
    free(previous);
    return 0;
}
