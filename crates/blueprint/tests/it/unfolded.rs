//! The objects that rendered files stand for: `for_each` and `dynamic` unfolded, locals put in, conditions decided.
//!
//! WHY not the text: what a rule is about stands in `locals.tf`, and the resource says `each.value.…` only.
//! WHY not `terraform plan`: 500 specs would take an hour. hcl-rs evaluates what it can; what depends on the cloud
//! stays what it is, as a text in ⟦…⟧, and a rule that needs to know it fails.

mod functions;

use std::collections::BTreeMap;

use functions::{FUNCTIONS, apply};
use hcl::{
    Block, Body, Expression, Identifier, Map, ObjectKey, Structure, Value,
    eval::{Context, Evaluate, FuncDef, ParamType},
    expr::ForExpr,
    template::{Element, Template},
};

use crate::tree;

/// A module with nothing folded any more.
#[derive(Debug)]
pub struct Module {
    pub objects: Vec<Object>,
    pub locals: Map<String, Value>,
}

/// One resource or data source; of one with `for_each`, one of its instances.
#[derive(Debug)]
pub struct Object {
    pub is_data: bool,
    pub kind: String,
    pub name: String,
    /// Its key in `for_each`.
    pub key: Option<String>,
    pub body: Contents,
}

/// Arguments and blocks.
#[derive(Debug, Default)]
pub struct Contents {
    pub arguments: BTreeMap<String, Value>,
    pub blocks: Vec<(String, Contents)>,
}

/// What can't be known before Terraform runs.
pub fn is_unknown(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains('⟦'))
}

impl Object {
    /// `aws_s3_bucket.main["uploads"]`
    pub fn address(&self) -> String {
        let data = if self.is_data { "data." } else { "" };
        let key = self.key.as_ref().map(|key| format!("[\"{key}\"]")).unwrap_or_default();
        format!("{data}{}.{}{key}", self.kind, self.name)
    }

    /// Whether a text refers to this resource, in whichever of its instances.
    pub fn is_named_in(&self, text: &str) -> bool {
        let whole = format!("{}{}.{}", if self.is_data { "data." } else { "" }, self.kind, self.name);
        text.match_indices(&whole).any(|(at, _)| {
            let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
            let before = text[..at].chars().next_back();
            let after = text[at + whole.len()..].chars().next();
            before.is_none_or(|c| ends(c) && c != '.') && after.is_none_or(ends)
        })
    }
}

impl Contents {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.arguments.get(name).filter(|value| !value.is_null())
    }

    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn is(&self, name: &str, wanted: bool) -> bool {
        self.get(name).and_then(Value::as_bool) == Some(wanted)
    }

    pub fn blocks<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Contents> {
        self.blocks.iter().filter(move |(other, _)| other == name).map(|(_, block)| block)
    }

    /// Every argument here and in the blocks inside.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a Value)) {
        self.arguments.iter().for_each(|(name, value)| visit(name, value));
        self.blocks.iter().for_each(|(_, block)| block.walk(visit));
    }
}

/// Unfolds the files of a module.
pub fn module<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Module {
    let blocks: Vec<Block> =
        files.into_iter().flat_map(|(name, content)| tree::parse(name, content).into_blocks()).collect();
    let locals = locals(&blocks);
    let scope = Scope::of(&locals);
    let objects = blocks.iter().filter(|block| ["resource", "data"].contains(&block.identifier()));
    let objects = objects.flat_map(|block| instances(block, &blocks, &scope)).collect();
    Module { objects, locals }
}

fn locals(blocks: &[Block]) -> Map<String, Value> {
    let attributes: Vec<_> = blocks
        .iter()
        .filter(|block| block.identifier() == "locals")
        .flat_map(|block| block.body().attributes())
        .collect();
    let mut locals = Map::new();
    // One may refer to another, in any order; what is circular Terraform refuses.
    for _ in 0..4 {
        let scope = Scope::of(&locals);
        locals = attributes.iter().map(|local| (local.key().to_owned(), scope.fold(local.expr()))).collect();
    }
    locals
}

fn instances(block: &Block, blocks: &[Block], scope: &Scope) -> Vec<Object> {
    let &[kind, name] = tree::labels(block).as_slice() else { panic!("{block:?}") };
    let object = |key: Option<String>, scope: &Scope| Object {
        is_data: block.identifier() == "data",
        kind: kind.to_owned(),
        name: name.to_owned(),
        key,
        body: contents(block.body(), scope),
    };
    match for_each(block, blocks, scope) {
        None => vec![object(None, scope)],
        Some(items) => items
            .into_iter()
            .map(|(key, value)| {
                let each = Map::from_iter([
                    ("key".to_owned(), Value::from(key.clone())),
                    ("value".to_owned(), value),
                ]);
                object(Some(key), &scope.with("each", Value::Object(each)))
            })
            .collect(),
    }
}

/// The keys and values of a block's `for_each`. One that goes over another resource has that one's keys; of one that
/// can't be understood there is one instance of which nothing is known, so that a rule that has to know fails.
fn for_each(block: &Block, blocks: &[Block], scope: &Scope) -> Option<Vec<(String, Value)>> {
    let for_each = block.body().attributes().find(|attribute| attribute.key() == "for_each")?;
    let folded = scope.fold(for_each.expr());
    let Some(text) = folded.as_str() else { return Some(items(&folded)) };
    let text = text.trim_matches(['⟦', '⟧']);
    let is_over = |other: &&Block| {
        other.identifier() == "resource" && *other != block && text == tree::labels(other).join(".")
    };
    let over = blocks.iter().find(is_over).and_then(|other| self::for_each(other, blocks, scope));
    let keys = over.map(|items| items.into_iter().map(|(key, _)| key).collect());
    let keys: Vec<String> = keys.unwrap_or_else(|| vec!["⟦key⟧".to_owned()]);
    Some(keys.into_iter().map(|key| (key.clone(), unknown(&format!("{text}[{key}]")))).collect())
}

fn items(collection: &Value) -> Vec<(String, Value)> {
    match collection {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        Value::Array(list) => list.iter().map(|item| (plain(item), item.clone())).collect(),
        Value::Null => Vec::new(),
        other => vec![(plain(other), other.clone())],
    }
}

fn contents(body: &Body, scope: &Scope) -> Contents {
    let mut contents = Contents::default();
    for structure in body.iter() {
        match structure {
            Structure::Attribute(attribute) => {
                contents.arguments.insert(attribute.key().to_owned(), scope.fold(attribute.expr()));
            }
            Structure::Block(block) if block.identifier() == "dynamic" => {
                dynamic(block, scope, &mut contents)
            }
            Structure::Block(block) => {
                contents.blocks.push((block.identifier().to_owned(), self::contents(block.body(), scope)));
            }
        }
    }
    contents
}

fn dynamic(block: &Block, scope: &Scope, contents: &mut Contents) {
    let name = block.labels()[0].as_str();
    let attribute = |wanted: &str| block.body().attributes().find(|attribute| attribute.key() == wanted);
    let iterator =
        attribute("iterator").map_or(name.to_owned(), |iterator| plain(&scope.fold(iterator.expr())));
    let iterator = iterator.trim_matches(['⟦', '⟧']).to_owned();
    let inner = block.body().blocks().find(|inner| inner.identifier() == "content").unwrap();
    for (key, value) in items(&scope.fold(attribute("for_each").unwrap().expr())) {
        let item = Map::from_iter([("key".to_owned(), Value::from(key)), ("value".to_owned(), value)]);
        let scope = scope.with(&iterator, Value::Object(item));
        contents.blocks.push((name.to_owned(), self::contents(inner.body(), &scope)));
    }
}

/// The variables that an expression may name.
struct Scope {
    variables: BTreeMap<String, Value>,
    context: Context<'static>,
}

impl Scope {
    fn of(locals: &Map<String, Value>) -> Self {
        Self::new(BTreeMap::from([("local".to_owned(), Value::Object(locals.clone()))]))
    }

    fn new(variables: BTreeMap<String, Value>) -> Self {
        let mut context = Context::new();
        for (name, value) in &variables {
            context.declare_var(Identifier::unchecked(name.clone()), value.clone());
        }
        for (name, function) in FUNCTIONS {
            let definition = FuncDef::builder().variadic_param(ParamType::Any).build(*function);
            context.declare_func(Identifier::unchecked(*name), definition);
        }
        Self { variables, context }
    }

    fn with(&self, name: &str, value: Value) -> Self {
        let mut variables = self.variables.clone();
        variables.insert(name.to_owned(), value);
        Self::new(variables)
    }

    /// What an expression means, as far as that can be said.
    fn fold(&self, expression: &Expression) -> Value {
        if let Ok(value) = expression.evaluate(&self.context) {
            return value;
        }
        match expression {
            Expression::Array(items) => items.iter().map(|item| self.fold(item)).collect(),
            Expression::Object(object) => {
                Value::Object(object.iter().map(|(key, value)| (self.key(key), self.fold(value))).collect())
            }
            Expression::Parenthesis(inner) => self.fold(inner),
            Expression::Conditional(conditional) => match self.fold(&conditional.cond_expr) {
                Value::Bool(true) => self.fold(&conditional.true_expr),
                Value::Bool(false) => self.fold(&conditional.false_expr),
                _ => unknown(&written(expression)),
            },
            Expression::TemplateExpr(template) => match Template::from_expr(template) {
                Ok(template) => Value::from(self.template(&template)),
                Err(_) => unknown(&written(expression)),
            },
            Expression::ForExpr(each) => {
                self.for_expression(each).unwrap_or_else(|| unknown(&written(expression)))
            }
            Expression::FuncCall(call) => {
                let arguments: Vec<Value> = call.args.iter().map(|argument| self.fold(argument)).collect();
                let function = FUNCTIONS.iter().find(|(name, _)| *name == call.name.name.as_str());
                match (function, arguments.iter().any(is_unknown)) {
                    (Some((name, _)), false) => {
                        apply(name, &arguments).unwrap_or_else(|| unknown(&written(expression)))
                    }
                    _ => unknown(&written(expression)),
                }
            }
            _ => unknown(&written(expression)),
        }
    }

    fn key(&self, key: &ObjectKey) -> String {
        match key {
            ObjectKey::Identifier(name) => name.to_string(),
            ObjectKey::Expression(expression) => plain(&self.fold(expression)),
            _ => unreachable!("hcl-rs has two kinds of key"),
        }
    }

    fn template(&self, template: &Template) -> String {
        let text = template.elements().iter().map(|element| match element {
            Element::Literal(text) => text.clone(),
            Element::Interpolation(interpolation) => plain(&self.fold(&interpolation.expr)),
            Element::Directive(_) => "⟦%⟧".to_owned(),
        });
        text.collect()
    }

    fn for_expression(&self, each: &ForExpr) -> Option<Value> {
        let collection = self.fold(&each.collection_expr);
        if is_unknown(&collection) {
            return None;
        }
        let (mut object, mut list) = (Map::new(), Vec::new());
        for (key, value) in items(&collection) {
            let mut scope = self.with(each.value_var.as_str(), value);
            if let Some(name) = &each.key_var {
                scope = scope.with(name.as_str(), Value::from(key));
            }
            // An undecided condition keeps the item: rules look at what there may be.
            if each.cond_expr.as_ref().is_some_and(|condition| scope.fold(condition) == Value::Bool(false)) {
                continue;
            }
            let value = scope.fold(&each.value_expr);
            match &each.key_expr {
                Some(key) => drop(object.insert(plain(&scope.fold(key)), value)),
                None => list.push(value),
            }
        }
        Some(if each.key_expr.is_some() { Value::Object(object) } else { Value::Array(list) })
    }
}

fn unknown(text: &str) -> Value {
    Value::from(format!("⟦{}⟧", text.trim_matches(['⟦', '⟧'])))
}

fn written(expression: &Expression) -> String {
    hcl::format::to_string(expression).unwrap_or_default().trim().to_owned()
}

/// A value inside of a text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn what_a_file_stands_for_is_unfolded() {
    let text = r#"
locals {
  name   = "dev"
  things = { a = { days = 3, role = null }, b = { days = null, role = "${local.name}-b" } }
}
resource "x" "keyed" {
  for_each = local.things

  name = "${local.name}-${each.key}"
  arn  = each.value.role != null ? "arn:${data.p.current.id}:x" : null
  tags = merge(local.things, { c = aws_y.z.id })
  rest = [for key, thing in local.things : thing.days if thing.days != null]

  dynamic "rule" {
    for_each = each.value.days[*]

    content {
      days = rule.value
    }
  }
}
resource "x" "after" {
  for_each = { for key, thing in local.things : key => thing if thing.role != null }

  role = each.value.role
}
resource "x" "over" {
  for_each = x.after

  id = each.value.id
}
resource "x" "unclear" {
  for_each = cidrsubnets("10.0.0.0/16", 4)

  name = each.key
}
"#;
    let module = module([("main.tf", text)]);
    let seen: Vec<String> = module.objects.iter().map(Object::address).collect();
    assert_eq!(
        seen,
        ["x.keyed[\"a\"]", "x.keyed[\"b\"]", "x.after[\"b\"]", "x.over[\"b\"]", "x.unclear[\"⟦key⟧\"]"]
    );
    let [a, b, after, over, unclear] = module.objects.as_slice() else { panic!("{module:?}") };
    assert_eq!((a.body.text("name"), b.body.text("name")), ("dev-a", "dev-b"));
    assert_eq!((a.body.get("arn"), b.body.text("arn")), (None, "arn:⟦data.p.current.id⟧:x"));
    assert_eq!(a.body.get("tags").unwrap().as_object().unwrap()["c"], Value::from("⟦aws_y.z.id⟧"));
    assert_eq!(a.body.get("rest"), Some(&Value::from(vec![3])));
    let days: Vec<_> = a.body.blocks("rule").map(|rule| rule.get("days").cloned()).collect();
    assert_eq!((days, b.body.blocks("rule").count()), (vec![Some(Value::from(3))], 0));
    assert_eq!(after.body.text("role"), "dev-b");
    assert!(is_unknown(over.body.get("id").unwrap()) && is_unknown(unclear.body.get("name").unwrap()));
    assert!(a.is_named_in("⟦x.keyed[each.key].arn⟧") && !a.is_named_in("x.keyed_too.arn data.x.keyed"));
}
