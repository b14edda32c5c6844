# Optuna's NSGA-II and TPE on a recorded grid (table of scripts/grid_table.sh): prints method,seed,time,share at each step.
# What Optuna cannot be told before a trial (a combination that makes no sense or does not fit) is a pruned trial that costs
# nothing; a training that was bought costs nothing the second time.
import csv, itertools, sys, optuna, numpy, moocore
optuna.logging.set_verbosity(optuna.logging.ERROR)
file, seeds, limit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
rows = list(csv.DictReader(open(file)))
V = [c for c in rows[0] if c.startswith("v:")]
C = [c for c in rows[0] if c[0] in "+-"]
def typed(values):
    try: return sorted(values, key=float)
    except ValueError: return values
values = {v: typed(list(dict.fromkeys(r[v] for r in rows if r[v]))) for v in V}
words = {v for v in V if not values[v][0].replace(".", "").isdigit()}
table, time = {}, {}
for r in rows:
    if r["accuracies"]: # the first row of a training has them
        acc = float(r["accuracies"].split()[-1])
        time[r["training"]] = sum(map(float, r["seconds"].split()))
    costs = [-acc] + [(1 if c[0] == "-" else -1) * float(r[c]) for c in C]
    if r.get("fits", "1") == "1":
        for choice in itertools.product(*[[r[v]] if r[v] else values[v] for v in V]):
            table[choice] = (r["training"], costs)
points = {}
for t, c in table.values(): points.setdefault(t, set()).add(tuple(c))
everything = numpy.array([c for s in points.values() for c in s])
ref = everything.max(axis=0); ref[0] = everything[:, 0].min() + 0.05
scale = numpy.abs(ref - everything.min(axis=0))
hv = lambda x: moocore.hypervolume(numpy.array(x) / scale, ref=ref / scale)
total, all_time = hv(everything), sum(time.values())
for name in ("nsga2", "tpe"):
    for seed in range(seeds):
        sampler = optuna.samplers.NSGAIISampler(seed=seed, population_size=20) if name == "nsga2" else optuna.samplers.TPESampler(seed=seed, multivariate=True)
        study = optuna.create_study(sampler=sampler, directions=["minimize"] * (1 + len(C)))
        bought, spent, best, trials = {}, 0.0, 0.0, 0
        while spent < limit * all_time and trials < 6000:
            trial = study.ask(); trials += 1
            choice = tuple(trial.suggest_categorical(v, values[v]) if v in words else values[v][trial.suggest_int(v, 0, len(values[v]) - 1)] for v in V)
            if choice not in table:
                study.tell(trial, state=optuna.trial.TrialState.FAIL); continue
            t, costs = table[choice]
            if t not in bought:
                bought[t] = True; spent += time[t]
                share = hv([c for b in bought for c in points[b]]) / total
                if share > best:
                    best = share; print(name, seed, f"{spent / all_time:.5f}", f"{share:.5f}", sep=",", flush=True)
            study.tell(trial, costs)
