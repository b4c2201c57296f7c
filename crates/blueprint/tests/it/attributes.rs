//! Which attributes a module reads of what it declares.
//!
//! WHY not by looking for `aws_vpc.main.id` in the text: an attribute is also read through `self`, through the variable of
//! a `for`, and of all instances at once.

use std::collections::BTreeSet;

use hcl::{
    Block, Body, Expression, ObjectKey, Structure,
    expr::{ForExpr, Operation, TraversalOperator},
    template::{Element, Template},
};
use terrane_blueprint::RESOURCE_TYPES;

use crate::tree;

/// How a type is declared: the same name may be a resource, a data source and an ephemeral resource, each with other
/// attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Resources,
    Data,
    Ephemeral,
}

impl Section {
    /// By the block that declares.
    pub fn of(block: &Block) -> Option<Self> {
        match block.identifier() {
            "resource" => Some(Self::Resources),
            "data" => Some(Self::Data),
            "ephemeral" => Some(Self::Ephemeral),
            _ => None,
        }
    }

    /// In the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resources => "resources",
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
        }
    }
}

/// An attribute that is read.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    pub section: Section,
    pub kind: String,
    pub attribute: String,
}

/// All that a file reads.
pub fn read_in(file: &Body) -> BTreeSet<Read> {
    let mut walk = Walk::default();
    walk.body(file);
    walk.found
}

type Declared = (Section, String);

#[derive(Default)]
struct Walk {
    found: BTreeSet<Read>,
    /// Variables, the innermost last, and what they stand for, if that is something declared.
    variables: Vec<(String, Option<Declared>)>,
}

impl Walk {
    fn body(&mut self, body: &Body) {
        for structure in body.iter() {
            match structure {
                Structure::Attribute(attribute) => self.expression(attribute.expr()),
                Structure::Block(block) => self.block(block),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let Some(section) = Section::of(block) else { return self.body(block.body()) };
        let kind = tree::labels(block)[0].to_owned();
        self.with("self", Some((section, kind)), |walk| walk.body(block.body()));
    }

    fn with(&mut self, variable: &str, meaning: Option<Declared>, inside: impl FnOnce(&mut Self)) {
        self.variables.push((variable.to_owned(), meaning));
        inside(self);
        self.variables.pop();
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Array(items) => items.iter().for_each(|item| self.expression(item)),
            Expression::Object(object) => {
                for (key, value) in object {
                    if let ObjectKey::Expression(key) = key {
                        self.expression(key);
                    }
                    self.expression(value);
                }
            }
            Expression::TemplateExpr(template) => {
                for element in Template::from_expr(template).unwrap().elements() {
                    match element {
                        Element::Literal(_) => {}
                        Element::Interpolation(inner) => self.expression(&inner.expr),
                        Element::Directive(directive) => panic!("no file has any: {directive:?}"),
                    }
                }
            }
            Expression::Traversal(traversal) => self.traversal(&traversal.expr, &traversal.operators),
            Expression::FuncCall(call) => call.args.iter().for_each(|argument| self.expression(argument)),
            Expression::Parenthesis(inner) => self.expression(inner),
            Expression::Conditional(choice) => {
                [&choice.cond_expr, &choice.true_expr, &choice.false_expr]
                    .into_iter()
                    .for_each(|part| self.expression(part));
            }
            Expression::Operation(operation) => match operation.as_ref() {
                Operation::Unary(operation) => self.expression(&operation.expr),
                Operation::Binary(operation) => {
                    self.expression(&operation.lhs_expr);
                    self.expression(&operation.rhs_expr);
                }
            },
            Expression::ForExpr(each) => self.for_expression(each),
            _ => {}
        }
    }

    fn traversal(&mut self, start: &Expression, steps: &[TraversalOperator]) {
        for step in steps {
            if let TraversalOperator::Index(index) = step {
                self.expression(index);
            }
        }
        match self.declared(start, steps) {
            None => self.expression(start),
            Some((_, None)) => {}
            Some(((section, kind), Some(attribute))) => {
                self.found.insert(Read { section, kind, attribute });
            }
        }
    }

    fn for_expression(&mut self, each: &ForExpr) {
        self.expression(&each.collection_expr);
        let collection = self.whole(&each.collection_expr);
        let parts = [each.key_expr.as_ref(), Some(&each.value_expr), each.cond_expr.as_ref()];
        self.with(each.value_var.as_str(), collection, |walk| {
            parts.into_iter().flatten().for_each(|part| walk.expression(part));
        });
    }

    /// What a path begins with, if that is declared, and which attribute of it is read, if any.
    fn declared(
        &self,
        start: &Expression,
        steps: &[TraversalOperator],
    ) -> Option<(Declared, Option<String>)> {
        let attribute = |at: usize| match steps.get(at) {
            Some(TraversalOperator::GetAttr(name)) => Some(name.to_string()),
            _ => None,
        };
        let (declared, used) = match start {
            Expression::Variable(name) => match name.as_str() {
                "data" => ((Section::Data, attribute(0)?), 2),
                "ephemeral" => ((Section::Ephemeral, attribute(0)?), 2),
                name if RESOURCE_TYPES.iter().any(|known| known.name == name) => {
                    ((Section::Resources, name.to_owned()), 1)
                }
                name => {
                    let (_, meaning) = self.variables.iter().rev().find(|(known, _)| known == name)?;
                    (meaning.clone()?, 0)
                }
            },
            Expression::FuncCall(call) if call.name.name.as_str() == "values" => {
                (self.whole(call.args.first()?)?, 0)
            }
            _ => return None,
        };
        // Between a name and an attribute stands which instance is meant, or that all are.
        let read = (used..steps.len()).find_map(attribute);
        Some((declared, read))
    }

    /// What an expression stands for, if it is all of something declared.
    fn whole(&self, expression: &Expression) -> Option<Declared> {
        let (declared, attribute) = match expression {
            Expression::Traversal(traversal) => self.declared(&traversal.expr, &traversal.operators)?,
            other => self.declared(other, &[])?,
        };
        attribute.is_none().then_some(declared)
    }
}

#[test]
fn what_is_read_is_told_from_what_only_looks_like_it() {
    let found = |text: &str| -> Vec<String> {
        let read = read_in(&hcl::parse(text).unwrap());
        read.iter().map(|read| format!("{} {} {}", read.section.name(), read.kind, read.attribute)).collect()
    };
    for (text, read) in [
        ("a = [aws_vpc.main.id]", "resources aws_vpc id"),
        ("a = \"${aws_eip.nat[each.key].public_ip}/32\"", "resources aws_eip public_ip"),
        ("a = aws_eks_cluster.main.identity[0].oidc[0].issuer", "resources aws_eks_cluster identity"),
        ("a = values(aws_subnet.private)[*].id", "resources aws_subnet id"),
        ("a = { for key, x in aws_subnet.private : key => x.arn }", "resources aws_subnet arn"),
        ("a { b = !data.aws_vpc.main.enable_dns_support }", "data aws_vpc enable_dns_support"),
        ("a = alltrue([for x in data.aws_subnet.a : x.tags == 1 && true])", "data aws_subnet tags"),
        ("a = f(values(data.aws_subnet.a)[*].vpc_id) ? 1 : 2", "data aws_subnet vpc_id"),
        ("data \"aws_subnet\" \"a\" {\n lifecycle {\n b = self.id == 1\n }\n}", "data aws_subnet id"),
        ("a = jsondecode(ephemeral.aws_x.main[each.key].secret)[\"k\"]", "ephemeral aws_x secret"),
    ] {
        assert_eq!(found(text), [read], "{text}");
    }
    for nothing in [
        "a = aws_vpc.main",
        "a = data.aws_vpc.main",
        "a = [for x in local.subnets : x.id]",
        "a = [for x in aws_vpc.main : [for x in local.y : x.id]]",
        "resource \"aws_vpc\" \"main\" {\n b = each.value.id\n}",
        "a = [scaling_config[0].desired_size]",
    ] {
        assert_eq!(found(nothing), [""; 0], "{nothing}");
    }
}
