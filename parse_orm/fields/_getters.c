/* The getters of getters.py in C: reading a row takes half the time with them.
 *
 * Each function makes a getter that does what the one of its name does there, and the tests ask both the same. What is
 * spared is calling functions of Python, and looking up the slots of an object by name. Where this module was not
 * built, as without a compiler, the getters in Python do the work.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <datetime.h>
#include <structmember.h>

/* What every getter needs; one for each interpreter, as each has classes of its own. */
typedef struct {
    PyTypeObject *getter, *record, *origin_type, *acl;
    PyObject *joining, *registry, *from_iso, *parse_date;
    PyObject *version, *iso, *type, *object_id, *row;   /* names and values that it looks for */
    Py_ssize_t wire, seen, origin, book;                /* where the slots of a Record are, */
    Py_ssize_t leads, entries;                          /* one of an Origin, and that of an ACL */
} State;

typedef struct Getter Getter;
typedef PyObject *(*Make)(Getter *, PyObject *record, PyObject *wire);

struct Getter {
    PyObject_HEAD
    vectorcallfunc read;                                /* what happens when it is called */
    PyObject *module;                                   /* keeps the state alive */
    State *state;
    PyObject *path, *absent;
    PyObject *help;                                     /* the function that helps to make the value, or NULL */
    PyObject *reference;                                /* what a pointer column calls its target, or NULL */
    Make make;
};

/* -- slots ------------------------------------------------------------------------------------------------------- */

#define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

/* The content of a slot of a record, borrowed. */
static PyObject *
slot(PyObject *record, Py_ssize_t offset, const char *name)
{
    PyObject *value = SLOT(record, offset);
    if (value == NULL)
        PyErr_SetString(PyExc_AttributeError, name);    /* as CPython says it of an empty slot */
    return value;
}

static PyObject *
wire_of(Getter *self, PyObject *record)
{
    return slot(record, self->state->wire, "_wire");
}

/* The values that were decoded so far, borrowed; begun with the first. */
static PyObject *
seen_of(Getter *self, PyObject *record)
{
    PyObject *seen = slot(record, self->state->seen, "_seen");
    if (seen != Py_None)
        return seen;
    if ((seen = PyDict_New()) != NULL)
        Py_SETREF(SLOT(record, self->state->seen), seen);
    return seen;
}

/* A new object without its __init__, whose slots are empty. */
static PyObject *
empty(PyTypeObject *type)
{
    return type->tp_alloc(type, 0);
}

/* The value of a key that a JSON object must have, borrowed. */
static PyObject *
required(PyObject *wire, PyObject *key)
{
    if (!PyDict_Check(wire)) {
        PyErr_Format(PyExc_TypeError, "expected a JSON object with %R, got %s", key, Py_TYPE(wire)->tp_name);
        return NULL;
    }
    PyObject *value = PyDict_GetItemWithError(wire, key);
    if (value == NULL && !PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, key);
    return value;
}

/* The items of a tuple, borrowed. */
static int
unpacked(PyObject *tuple, const char *format, ...)
{
    va_list items;
    if (!PyTuple_Check(tuple)) {
        PyErr_Format(PyExc_TypeError, "expected a tuple, got %s", Py_TYPE(tuple)->tp_name);
        return 0;
    }
    va_start(items, format);
    int done = PyArg_VaParse(tuple, format, items);
    va_end(items);
    return done;
}

/* -- what is made of JSON ---------------------------------------------------------------------------------------- */

static PyObject *
make_native(Getter *self, PyObject *record, PyObject *wire)
{
    return Py_NewRef(wire);
}

static PyObject *
make_real(Getter *self, PyObject *record, PyObject *wire)
{
    return PyLong_CheckExact(wire) ? PyNumber_Float(wire) : Py_NewRef(wire);
}

static PyObject *
make_date(Getter *self, PyObject *record, PyObject *wire)
{
    PyObject *text = PyDict_CheckExact(wire) ? required(wire, self->state->iso) : wire;
    if (text == NULL)
        return NULL;
    PyObject *date = PyObject_CallOneArg(self->state->from_iso, text);
    if (date == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_TypeError))
            return NULL;
        PyErr_Clear();
    }
    else if (PyDateTime_DATE_GET_TZINFO(date) == PyDateTime_TimeZone_UTC)
        return date;
    Py_XDECREF(date);
    return PyObject_CallOneArg(self->state->parse_date, text);
}

static PyObject *
make_acl(Getter *self, PyObject *record, PyObject *wire)
{
    PyObject *acl = empty(self->state->acl);
    if (acl != NULL)
        SLOT(acl, self->state->entries) = Py_NewRef(wire);
    return acl;
}

static PyObject *
make_decoded(Getter *self, PyObject *record, PyObject *wire)
{
    return PyObject_CallOneArg(self->help, wire);
}

static PyObject *
make_made(Getter *self, PyObject *record, PyObject *wire)
{
    return PyObject_CallFunctionObjArgs(self->help, record, wire, NULL);
}

/* A dict that the garbage collector does not track holds no other container, so that its copy is its own. */
static PyObject *
make_container(Getter *self, PyObject *record, PyObject *wire)
{
    if (PyDict_CheckExact(wire) && !PyObject_GC_IsTracked(wire)) {
        int typed = PyDict_Contains(wire, self->state->type);
        if (typed <= 0)
            return typed < 0 ? NULL : PyDict_Copy(wire);
    }
    return make_made(self, record, wire);
}

/* The row of what a reference names: a copy of the one that came along, or the id alone. */
static PyObject *
row_of(State *state, PyObject *wire, int came_along)
{
    if (came_along)
        return PyDict_Copy(wire);
    PyObject *id = required(wire, state->object_id), *row = id == NULL ? NULL : PyDict_New();
    if (row != NULL && PyDict_SetItem(row, state->object_id, id) < 0)
        Py_CLEAR(row);
    return row;
}

/* Where the pointers of an origin lead: known for this version of the registry, or found by ``help``. */
static PyObject *
lead_of(Getter *self, PyObject *origin)
{
    State *state = self->state;
    if (!PyObject_TypeCheck(origin, state->origin_type))
        return PyObject_CallOneArg(self->help, origin);
    PyObject *leads = slot(origin, state->leads, "leads");
    PyObject *known = leads == NULL ? NULL : PyDict_GetItemWithError(leads, self->reference), *found, *lead;
    if (known == NULL)
        return PyErr_Occurred() ? NULL : PyObject_CallOneArg(self->help, origin);
    PyObject *version = PyObject_GetAttr(state->registry, state->version);
    if (version == NULL || !unpacked(known, "OO", &found, &lead)) {
        Py_XDECREF(version);
        return NULL;
    }
    Py_INCREF(lead);
    int holds = PyObject_RichCompareBool(found, version, Py_EQ);
    Py_DECREF(version);
    if (holds == 1)
        return lead;
    Py_DECREF(lead);
    return holds < 0 ? NULL : PyObject_CallOneArg(self->help, origin);
}

static PyObject *
make_referred(Getter *self, PyObject *record, PyObject *wire)
{
    State *state = self->state;
    PyObject *origin = slot(record, state->origin, "_origin"), *one = NULL;
    PyObject *lead = origin == NULL ? NULL : lead_of(self, origin);
    if (lead == NULL)
        return NULL;
    PyObject *model, *inside, *bare, *type = required(wire, state->type);
    int came_along = type == NULL ? -1 : PyObject_RichCompareBool(type, state->row, Py_EQ);
    if (came_along < 0 || !unpacked(lead, "OOO", &model, &inside, &bare))
        goto done;
    if (!PyType_Check(model) || !PyType_IsSubtype((PyTypeObject *)model, state->record)) {
        PyErr_Format(PyExc_TypeError, "%R is no model", model);
        goto done;
    }
    PyObject *row = row_of(state, wire, came_along);
    if (row == NULL)
        goto done;
    if ((one = empty((PyTypeObject *)model)) == NULL) {
        Py_DECREF(row);
        goto done;
    }
    SLOT(one, state->wire) = row;
    SLOT(one, state->origin) = Py_NewRef(came_along ? inside : bare);
    SLOT(one, state->seen) = Py_NewRef(Py_None);
    SLOT(one, state->book) = Py_NewRef(Py_None);
done:
    Py_DECREF(lead);
    return one;
}

/* -- reading ----------------------------------------------------------------------------------------------------- */

/* What the getter was called with: one record, borrowed. */
static PyObject *
record_of(Getter *self, PyObject *const *given, size_t count, PyObject *names)
{
    if (PyVectorcall_NARGS(count) == 1 && names == NULL && PyObject_TypeCheck(*given, self->state->record))
        return *given;
    PyErr_SetString(PyExc_TypeError, "a getter takes one object of a model");
    return NULL;
}

/* Values that are made again at each read, because that takes less time than to keep them. */
static PyObject *
read_again(PyObject *object, PyObject *const *given, size_t count, PyObject *names)
{
    Getter *self = (Getter *)object;
    PyObject *record = record_of(self, given, count, names);
    PyObject *wire = record == NULL ? NULL : wire_of(self, record);
    if (wire == NULL)
        return NULL;
    PyObject *value = PyDict_GetItemWithError(wire, self->path);
    if (value == NULL && PyErr_Occurred())
        return NULL;
    if (value == NULL || value == Py_None)
        return PyObject_CallOneArg(self->absent, record);
    return self->make(self, record, value);
}

/* Values that are decoded at first read and kept. A None that was set hides what came. */
static PyObject *
read_kept(PyObject *object, PyObject *const *given, size_t count, PyObject *names)
{
    Getter *self = (Getter *)object;
    PyObject *record = record_of(self, given, count, names);
    PyObject *seen = record == NULL ? NULL : seen_of(self, record);
    if (seen == NULL)
        return NULL;
    PyObject *value = PyDict_GetItemWithError(seen, self->path);
    if (value != NULL && value != Py_None)
        return Py_NewRef(value);
    PyObject *row = PyErr_Occurred() ? NULL : wire_of(self, record);
    if (row == NULL)
        return NULL;
    PyObject *wire = value == Py_None ? NULL : PyDict_GetItemWithError(row, self->path);
    if (wire == NULL && PyErr_Occurred())
        return NULL;
    if (wire == NULL || wire == Py_None)
        return PyObject_CallOneArg(self->absent, record);

    Py_INCREF(seen);                                    /* what makes the value may run Python, which may change both */
    Py_INCREF(wire);
    value = self->make(self, record, wire);
    if (value != NULL && PyDict_SetItem(seen, self->path, value) < 0)
        Py_CLEAR(value);
    Py_DECREF(wire);
    Py_DECREF(seen);
    return value;
}

/* -- the type of getters ----------------------------------------------------------------------------------------- */

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    Getter *self = (Getter *)object;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
    Py_VISIT(self->absent);
    Py_VISIT(self->help);
    Py_VISIT(self->reference);
    return 0;
}

static int
clear(PyObject *object)
{
    Getter *self = (Getter *)object;
    Py_CLEAR(self->absent);
    Py_CLEAR(self->help);
    Py_CLEAR(self->reference);
    return 0;
}

static void
dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    Py_XDECREF(((Getter *)object)->path);
    Py_XDECREF(((Getter *)object)->module);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Getter, read), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_dealloc, dealloc},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, members},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "parse_orm.fields._getters.Getter",
    .basicsize = sizeof(Getter),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = slots,
};

static PyObject *
new_getter(PyObject *module, PyObject *const *given, Py_ssize_t count, int wanted, vectorcallfunc read, Make make)
{
    if (count != wanted || !PyUnicode_Check(given[0])) {
        PyErr_Format(PyExc_TypeError, "this getter is made of a path and %d more", wanted - 1);
        return NULL;
    }
    State *state = PyModule_GetState(module);
    Getter *self = (Getter *)empty(state->getter);
    if (self == NULL)
        return NULL;
    self->read = read;
    self->module = Py_NewRef(module);
    self->state = state;
    self->path = Py_NewRef(given[0]);
    self->absent = Py_NewRef(given[1]);
    self->help = wanted > 2 ? Py_NewRef(given[2]) : NULL;
    self->reference = wanted > 3 ? Py_NewRef(given[3]) : NULL;
    self->make = make;
    return (PyObject *)self;
}

/* -- a property that gives on its class what its method _join does ----------------------------------------------- */

static PyObject *
joining_get(PyObject *self, PyObject *record, PyObject *owner)
{
    if (record == NULL || record == Py_None)
        return PyObject_CallMethod(self, "_join", NULL);
    return PyProperty_Type.tp_descr_get(self, record, owner);
}

static PyType_Slot joining_slots[] = {
    {Py_tp_descr_get, joining_get},
    {0, NULL},
};

static PyType_Spec joining_spec = {
    .name = "parse_orm.fields._getters.Joining",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = joining_slots,
};

/* -- the module -------------------------------------------------------------------------------------------------- */

#define GETTER(kind, wanted, read)                                                      \
    static PyObject *                                                                   \
    kind(PyObject *module, PyObject *const *given, Py_ssize_t count)                    \
    {                                                                                   \
        return new_getter(module, given, count, wanted, read, make_##kind);             \
    }

GETTER(native, 2, read_again)
GETTER(real, 2, read_again)
GETTER(date, 2, read_kept)
GETTER(acl, 2, read_kept)
GETTER(decoded, 3, read_kept)
GETTER(made, 3, read_kept)
GETTER(container, 3, read_kept)
GETTER(referred, 4, read_kept)

/* Objects that own rows: their slots are filled here, past the look at the name that setting an attribute takes. */
static PyObject *
hydrated(PyObject *module, PyObject *const *given, Py_ssize_t count)
{
    State *state = PyModule_GetState(module);
    if (count != 3 || !PyType_Check(given[0]) || !PyType_IsSubtype((PyTypeObject *)given[0], state->record)
            || !PyList_Check(given[1])) {
        PyErr_SetString(PyExc_TypeError, "hydrated() takes a class of records, a list of rows and an origin");
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)given[0];
    PyObject *made = PyList_New(0);
    for (Py_ssize_t at = 0; made != NULL && at < PyList_GET_SIZE(given[1]); at++) {
        PyObject *row = Py_NewRef(PyList_GET_ITEM(given[1], at)), *one = type->tp_alloc(type, 0);
        if (one == NULL) {
            Py_DECREF(row);
            Py_CLEAR(made);
            break;
        }
        SLOT(one, state->wire) = row;
        SLOT(one, state->origin) = Py_NewRef(given[2]);
        SLOT(one, state->seen) = Py_NewRef(Py_None);
        SLOT(one, state->book) = Py_NewRef(Py_None);
        if (PyList_Append(made, one) < 0)
            Py_CLEAR(made);
        Py_DECREF(one);
    }
    return made;
}

#define METHOD(kind) {#kind, (PyCFunction)(void (*)(void))kind, METH_FASTCALL, NULL}

static PyMethodDef methods[] = {
    METHOD(native), METHOD(real), METHOD(date), METHOD(acl),
    METHOD(decoded), METHOD(made), METHOD(container), METHOD(referred), METHOD(hydrated),
    {NULL, NULL, 0, NULL},
};

static PyObject *
imported(const char *module, const char *name)
{
    PyObject *from = PyImport_ImportModule(module);
    PyObject *found = from == NULL ? NULL : PyObject_GetAttrString(from, name);
    Py_XDECREF(from);
    return found;
}

/* Where a class keeps one of its slots; its subclasses keep it there, too. */
static Py_ssize_t
offset(PyTypeObject *class, const char *name)
{
    PyObject *member = PyObject_GetAttrString((PyObject *)class, name);
    Py_ssize_t found = -1;
    if (member != NULL && Py_IS_TYPE(member, &PyMemberDescr_Type))
        found = ((PyMemberDescrObject *)member)->d_member->offset;
    else if (member != NULL)
        PyErr_Format(PyExc_ImportError, "%s of %R is no slot", name, class);
    Py_XDECREF(member);
    return found;
}

static int
executed(PyObject *module)
{
    State *state = PyModule_GetState(module);
    PyDateTime_IMPORT;
    return PyDateTimeAPI != NULL
        && (state->getter = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL)) != NULL
        && (state->joining = PyType_FromModuleAndSpec(module, &joining_spec, (PyObject *)&PyProperty_Type)) != NULL
        && PyModule_AddObjectRef(module, "Joining", state->joining) == 0
        && (state->record = (PyTypeObject *)imported("parse_orm.fields.record", "Record")) != NULL
        && (state->origin_type = (PyTypeObject *)imported("parse_orm.fields.origin", "Origin")) != NULL
        && (state->registry = imported("parse_orm.meta.registry", "registry")) != NULL
        && (state->acl = (PyTypeObject *)imported("parse_orm.types.acl", "ACL")) != NULL
        && (state->parse_date = imported("parse_orm.types.date", "parse_date")) != NULL
        && (state->from_iso = PyObject_GetAttrString((PyObject *)PyDateTimeAPI->DateTimeType, "fromisoformat")) != NULL
        && (state->version = PyUnicode_InternFromString("version")) != NULL
        && (state->iso = PyUnicode_InternFromString("iso")) != NULL
        && (state->type = PyUnicode_InternFromString("__type")) != NULL
        && (state->object_id = PyUnicode_InternFromString("objectId")) != NULL
        && (state->row = PyUnicode_InternFromString("Object")) != NULL
        && (state->wire = offset(state->record, "_wire")) >= 0
        && (state->seen = offset(state->record, "_seen")) >= 0
        && (state->origin = offset(state->record, "_origin")) >= 0
        && (state->book = offset(state->record, "_book")) >= 0
        && (state->leads = offset(state->origin_type, "leads")) >= 0
        && (state->entries = offset(state->acl, "_entries")) >= 0
        ? 0 : -1;
}

static int
module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    Py_VISIT(state->getter);
    Py_VISIT(state->joining);
    Py_VISIT(state->record);
    Py_VISIT(state->origin_type);
    Py_VISIT(state->registry);
    Py_VISIT(state->acl);
    Py_VISIT(state->parse_date);
    Py_VISIT(state->from_iso);
    return 0;
}

static int
module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_CLEAR(state->getter);
    Py_CLEAR(state->joining);
    Py_CLEAR(state->record);
    Py_CLEAR(state->origin_type);
    Py_CLEAR(state->registry);
    Py_CLEAR(state->acl);
    Py_CLEAR(state->parse_date);
    Py_CLEAR(state->from_iso);
    Py_CLEAR(state->version);
    Py_CLEAR(state->iso);
    Py_CLEAR(state->type);
    Py_CLEAR(state->object_id);
    Py_CLEAR(state->row);
    return 0;
}

static void
module_free(void *module)
{
    module_clear(module);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, executed},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "parse_orm.fields._getters",
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC
PyInit__getters(void)
{
    return PyModuleDef_Init(&definition);
}
