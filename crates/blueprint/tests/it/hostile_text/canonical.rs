//! Two trees are the same if, and only if, their texts here are.

use hcl::{
    Expression, ObjectKey, Structure,
    expr::{Operation, TraversalOperator},
    template::{Element, Template},
};

use crate::tree;

/// A tree as text, in which no two different trees are the same: structure is written as is, literal text as Rust would
/// quote it, objects by key.
pub fn canonical(body: &hcl::Body, literal: &impl Fn(&str) -> String) -> String {
    let structures = body.iter().map(|structure| match structure {
        Structure::Attribute(attribute) => {
            format!("{} = {}", attribute.key(), value(attribute.expr(), literal))
        }
        Structure::Block(block) => {
            format!(
                "{} {:?} {{ {} }}",
                block.identifier(),
                tree::labels(block),
                canonical(block.body(), literal)
            )
        }
    });
    structures.collect::<Vec<_>>().join("\n")
}

fn value(expression: &Expression, literal: &impl Fn(&str) -> String) -> String {
    let list =
        |items: &[Expression]| items.iter().map(|item| value(item, literal)).collect::<Vec<_>>().join(", ");
    match expression {
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::Variable(_) => {
            format!("{expression:?}")
        }
        Expression::String(text) => format!("{:?}", literal(text)),
        Expression::TemplateExpr(template) => {
            let template = Template::from_expr(template).unwrap();
            let elements = template.elements().iter().map(|element| match element {
                Element::Literal(text) => format!("{:?}", literal(text)),
                Element::Interpolation(live) => format!("LIVE({})", value(&live.expr, literal)),
                Element::Directive(directive) => panic!("a directive is live: {directive:?}"),
            });
            // Two literals in a row are one.
            format!("template({})", elements.collect::<Vec<_>>().join("+").replace("\"+\"", ""))
        }
        Expression::Array(items) => format!("[{}]", list(items)),
        Expression::Object(object) => {
            let mut entries: Vec<_> = object
                .iter()
                .map(|(key, item)| {
                    let key = match key {
                        ObjectKey::Identifier(name) => name.to_string(),
                        ObjectKey::Expression(key) => value(key, literal),
                        other => panic!("{other:?}"),
                    };
                    format!("{key} = {}", value(item, literal))
                })
                .collect();
            entries.sort();
            format!("{{ {} }}", entries.join(", "))
        }
        Expression::FuncCall(call) => format!("{}({})", call.name, list(&call.args)),
        Expression::Traversal(traversal) => {
            let steps = traversal.operators.iter().map(|operator| match operator {
                TraversalOperator::Index(index) => format!("[{}]", value(index, literal)),
                other => format!("{other:?}"),
            });
            format!("{}{}", value(&traversal.expr, literal), steps.collect::<String>())
        }
        Expression::Conditional(choice) => {
            let [condition, yes, no] =
                [&choice.cond_expr, &choice.true_expr, &choice.false_expr].map(|part| value(part, literal));
            format!("({condition} ? {yes} : {no})")
        }
        Expression::Operation(operation) => match operation.as_ref() {
            Operation::Binary(both) => {
                format!(
                    "({} {:?} {})",
                    value(&both.lhs_expr, literal),
                    both.operator,
                    value(&both.rhs_expr, literal)
                )
            }
            Operation::Unary(_) => panic!("none is rendered: {operation:?}"),
        },
        Expression::ForExpr(_) => format!("{expression:?}"),
        other => panic!("a new kind of expression: {other:?}"),
    }
}
