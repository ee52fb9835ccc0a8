"""The models of tools/goldens/classic.py: trained by a library, converted by coremltools, predicted by the library."""
import dataclasses

import coremltools as ct
import numpy as np
import libsvm
import lightgbm
import xgboost
from libsvm import svmutil
from sklearn import ensemble, linear_model, neighbors, svm, tree

libsvm.__version__ = "3.32.0"  # coremltools 9 asks for it, libsvm's package has none
FEATURES = 4
NAMES = ["red", "green", "blue"]


@dataclasses.dataclass
class Trained:
    name: str
    oracle: str
    spec: object
    rows: np.ndarray
    tolerance: float = 1e-9
    labels: list = None
    classes: list = None
    probabilities: np.ndarray = None
    values: np.ndarray = None


def data(classes, rows=60, seed=7):
    """Few digits, so that the file is short; overlapping classes, so that probabilities are no zeros and ones."""
    rng = np.random.default_rng(seed + classes)
    x = np.round(rng.normal(size=(rows, FEATURES)), 2)
    score = x[:, 0] + 0.7 * x[:, 1] ** 2 - 0.4 * x[:, 2] * x[:, 3] + 0.4 * rng.normal(size=rows)
    if classes == 0:
        return x, np.round(score, 3)
    return x, np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))


def rows(count=12):
    return np.round(np.random.default_rng(99).normal(size=(count, FEATURES)) * 1.3, 2)


def one_model(spec):
    """The only model that does something in a pipeline that a converter made; an array goes in."""
    kind = spec.WhichOneof("Type")
    if not kind.startswith("pipeline"):
        return spec
    models = getattr(spec, kind)
    models = models.models if kind == "pipeline" else models.pipeline.models
    return models[-1]


def sklearn_case(name, model, classes, texts=False, **kind):
    x, y = data(classes)
    if texts:
        y = np.array(NAMES)[y]
    model.fit(x, y)
    spec = one_model(ct.converters.sklearn.convert(model, "x", "y").get_spec())
    test = rows()
    case = Trained(name, "scikit-learn", spec, test, **kind)
    if classes == 0:
        case.values = model.predict(test)
        return case
    case.labels = list(model.predict(test))
    if hasattr(model, "predict_proba"):
        case.classes = list(model.classes_)
        case.probabilities = model.predict_proba(test)
    return case


def linear_models():
    yield sklearn_case("linear_regression", linear_model.LinearRegression(), 0)
    yield sklearn_case("linear_svr", svm.LinearSVR(max_iter=20000, random_state=1), 0)
    yield sklearn_case("logistic_2", linear_model.LogisticRegression(multi_class="ovr"), 2)
    yield sklearn_case("logistic_3_texts", linear_model.LogisticRegression(multi_class="ovr"), 3, True)
    yield sklearn_case("linear_svc_3", svm.LinearSVC(max_iter=20000, random_state=1), 3)


def multinomial():
    """Reference class and softmax: coremltools' converter does not write it, so the weights are put in by hand: those
    of the other classes less those of the first one."""
    x, y = data(3)
    model = linear_model.LogisticRegression(multi_class="multinomial").fit(x, y)
    spec = ct.converters.sklearn.convert(linear_model.LogisticRegression(multi_class="ovr").fit(x, y), "x", "y").get_spec()
    spec = one_model(spec)
    glm = spec.glmClassifier
    glm.classEncoding = glm.ReferenceClass
    del glm.weights[:], glm.offset[:]
    for k in (1, 2):
        glm.weights.add().value.extend(model.coef_[k] - model.coef_[0])
        glm.offset.append(model.intercept_[k] - model.intercept_[0])
    test = rows()
    yield Trained("multinomial_3", "scikit-learn", spec, test, labels=list(model.predict(test)),
                  classes=[0, 1, 2], probabilities=model.predict_proba(test))


def most_probable(case):
    """libsvm's rule for the label of a model with probabilities; scikit-learn takes the votes of pairs."""
    case.labels = [case.classes[c] for c in np.argmax(case.probabilities, axis=1)]
    return case


def support_vector_machines():
    for kernel in ("linear", "rbf", "poly", "sigmoid"):
        options = {"kernel": kernel, "gamma": 0.3, "coef0": 0.2, "degree": 3}
        yield sklearn_case(f"svr_{kernel}", svm.SVR(**options), 0)
        for classes in (2, 3):
            yield sklearn_case(f"svc_{kernel}_{classes}", svm.SVC(**options), classes)
    yield most_probable(sklearn_case("svc_probability_3_texts", svm.SVC(probability=True, random_state=1), 3, True))
    yield most_probable(sklearn_case("nu_svc_5", svm.NuSVC(nu=0.2, probability=True, random_state=1), 5))
    # scikit-learn's libsvm is older and couples the probabilities of two classes too, only nearly.
    case = sklearn_case("svc_probability_2", svm.SVC(probability=True, random_state=1), 2, tolerance=5e-3)
    case.labels = None
    yield case
    yield sklearn_case("nu_svr", svm.NuSVR(), 0)


def libsvm_case(name, options, classes):
    x, y = data(classes)
    problem = svmutil.svm_problem(y.astype(float).tolist(), x.tolist())  # support vectors point into it
    model = svmutil.svm_train(problem, options + " -q")
    spec = one_model(ct.converters.libsvm.convert(model, "x", "y", input_length=FEATURES, probability="p").get_spec())
    test = rows()
    probability = 1 if "-b 1" in options else 0
    got = svmutil.svm_predict([0.0] * len(test), test.tolist(), model, f"-q -b {probability}")
    case = Trained(name, "libsvm", spec, test)
    if classes == 0:
        case.values = got[0]
        return case
    case.labels = [int(v) for v in got[0]]
    if probability:
        case.classes = model.get_labels()
        case.probabilities = np.array(got[2])
    return case


def libsvm_models():
    for t, kernel in enumerate(("linear", "poly", "rbf", "sigmoid")):
        yield libsvm_case(f"libsvm_{kernel}_3", f"-s 0 -t {t} -g 0.3 -r 0.2 -b 1", 3)
    yield libsvm_case("libsvm_rbf_2", "-s 0 -t 2 -g 0.5 -b 1", 2)
    yield libsvm_case("libsvm_nu_4", "-s 1 -t 2 -n 0.3 -b 1", 4)
    # A constant kernel separates nothing: coefficients are divided by a margin of 0.
    yield libsvm_case("libsvm_nu_constant", "-s 1 -t 1 -d 0 -g 0.9 -r 2 -b 1", 2)
    yield libsvm_case("libsvm_svr", "-s 3 -t 1 -g 0.4 -r 1", 0)


def ties():
    """Rows for which two of four trees vote for one class and two for the other."""
    case = sklearn_case("forest_classifier_2_ties", ensemble.RandomForestClassifier(4, max_depth=4, random_state=5), 2,
                        tolerance=1e-6)
    x, y = data(2)
    model = ensemble.RandomForestClassifier(4, max_depth=4, random_state=5).fit(x, y)
    candidates = rows(2000)
    ones = model.predict_proba(candidates)[:, 1]
    case.rows = np.concatenate([candidates[ones == 0.5][:8], candidates[ones != 0.5][:4]])
    case.labels, case.probabilities = list(model.predict(case.rows)), model.predict_proba(case.rows)
    assert (case.probabilities[:8] == 0.5).all()
    return case


def sklearn_trees():
    small = {"n_estimators": 4, "max_depth": 3, "random_state": 5}
    yield sklearn_case("tree_regressor", tree.DecisionTreeRegressor(max_depth=4, random_state=1), 0)
    yield sklearn_case("tree_classifier_3_texts", tree.DecisionTreeClassifier(max_depth=3, random_state=1), 3, True)
    yield sklearn_case("forest_regressor", ensemble.RandomForestRegressor(**small), 0)
    yield ties()
    small["n_estimators"] = 5
    yield sklearn_case("forest_classifier_2", ensemble.RandomForestClassifier(**small), 2, tolerance=1e-6)
    case = sklearn_case("forest_classifier_3", ensemble.RandomForestClassifier(**small), 3, tolerance=1e-6)
    case.probabilities *= small["n_estimators"]  # coremltools' issue 1541: more than two classes are not averaged
    yield case
    small["n_estimators"] = 4
    yield sklearn_case("boosting_regressor", ensemble.GradientBoostingRegressor(**small), 0)
    yield sklearn_case("boosting_classifier_2", ensemble.GradientBoostingClassifier(**small), 2)
    yield sklearn_case("boosting_classifier_3", ensemble.GradientBoostingClassifier(**small), 3)


def with_missing(x, seed=3):
    x = x.copy()
    x[np.random.default_rng(seed).random(x.shape) < 0.2] = np.nan
    return x


def xgboost_case(name, classes):
    x, y = data(classes)
    x = with_missing(x)
    options = {"n_estimators": 4, "max_depth": 4, "base_score": 0.5}
    model = xgboost.XGBClassifier(**options) if classes else xgboost.XGBRegressor(**options)
    model.fit(x, y)
    features = [f"f{i}" for i in range(FEATURES)]
    if classes:
        spec = ct.converters.xgboost.convert(model, features, "y", mode="classifier", class_labels=list(range(classes)),
                                             n_classes=classes).get_spec()
    else:
        spec = ct.converters.xgboost.convert(model, features, "y").get_spec()
    test = with_missing(rows(), 4)
    case = Trained(name, "XGBoost", spec, test, 1e-6)
    if classes:
        case.labels = [int(v) for v in model.predict(test)]
        case.classes = list(range(classes))
        case.probabilities = model.predict_proba(test)
    else:
        case.values = model.predict(test)
    return case


def add_lightgbm(builder, number, node):
    """Adds a tree of LightGBM's dump. Missing values go where default_left says."""
    if "leaf_value" in node:
        builder.add_leaf_node(number, node.get("leaf_index", 0), node["leaf_value"])
        return node.get("leaf_index", 0)
    at = 1000 + node["split_index"]
    children = [add_lightgbm(builder, number, node[side]) for side in ("left_child", "right_child")]
    builder.add_branch_node(number, at, node["split_feature"], float(node["threshold"]), "BranchOnValueLessThanEqual",
                            *children, missing_value_tracks_true_child=node["default_left"])
    return at


def lightgbm_spec(booster, columns):
    """LightGBM's trees through coremltools' builder; features are one array."""
    builder = ct.models.tree_ensemble.TreeEnsembleRegressor([("x", ct.models.datatypes.Array(columns))], "y")
    builder.set_default_prediction_value(0.0)
    for number, grown in enumerate(booster.dump_model()["tree_info"]):
        add_lightgbm(builder, number, grown["tree_structure"])
    return builder.spec


def lightgbm_models():
    x, y = data(0, 200)
    booster = lightgbm.train({"num_leaves": 7, "min_data_in_leaf": 5, "verbose": -1}, lightgbm.Dataset(with_missing(x), y), 4)
    test = with_missing(rows(), 4)
    yield Trained("lightgbm_regressor", "LightGBM", lightgbm_spec(booster, FEATURES), test, 1e-12,
                  values=booster.predict(test))


def neighbours():
    for algorithm in ("brute", "kd_tree"):
        yield sklearn_case(f"neighbours_{algorithm}", neighbors.KNeighborsClassifier(3, algorithm=algorithm), 3)
    # The converter knows neither probabilities nor the other weighting: they are added to what it writes.
    x, y = data(3)
    case = sklearn_case("neighbours_inverse", neighbors.KNeighborsClassifier(5), 3)
    case.spec.kNearestNeighborsClassifier.inverseDistanceWeighting.SetInParent()
    case.spec.description.output.add(name="p").type.dictionaryType.int64KeyType.SetInParent()
    case.spec.description.predictedProbabilitiesName = "p"
    model = neighbors.KNeighborsClassifier(5, weights="distance").fit(x, y)
    case.rows = np.concatenate([case.rows, x[:2]])  # two samples themselves: distance 0
    case.labels, case.probabilities = list(model.predict(case.rows)), model.predict_proba(case.rows)
    case.tolerance = 1e-5  # samples are float32
    yield case


def all_models():
    for family in (linear_models, multinomial, support_vector_machines, libsvm_models, sklearn_trees, lightgbm_models,
                   neighbours):
        yield from family()
    for classes in (0, 2, 3):
        yield xgboost_case(f"xgboost_{classes}" if classes else "xgboost_regressor", classes)
