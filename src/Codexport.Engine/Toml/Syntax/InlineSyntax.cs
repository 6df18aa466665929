using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>The text of an inline table.</summary>
internal sealed class InlineSyntax
{
    private static readonly ReadOnlyMemory<char> Blank = " ".AsMemory();

    internal Chain<InlineMember> Members { get; } = new();

    /// <summary>What stands before the closing brace.</summary>
    internal ReadOnlyMemory<char> End { get; set; }

    internal InlineMember Append(KeySyntax key, TomlNode value, string newLine) => InsertAfter(Members.Last, key, value, newLine);

    internal InlineMember InsertAfter(InlineMember? anchor, KeySyntax key, TomlNode value, string newLine)
    {
        var member = new InlineMember(key, KeyValueText.PlainSeparator, value) { Leading = Blank };
        if (anchor is not null)
        {
            Separators.AddBehind(member, anchor, Blank, newLine);
        }
        else
        {
            End = Separators.AddFirst(member, End.IsEmpty ? Blank : End, newLine);
        }

        Members.InsertAfter(anchor, member);
        return member;
    }

    internal void Remove(InlineMember member, string newLine)
    {
        if (member.Next is { } next)
        {
            Separators.RemoveBefore(member, next);
        }
        else
        {
            End = Separators.RemoveLast(member, member.Previous, End, newLine);
        }

        Members.Remove(member);
    }

    internal void Write(StringBuilder text)
    {
        text.Append('{');
        for (var member = Members.First; member is not null; member = member.Next)
        {
            member.Write(text);
        }

        text.Append(End).Append('}');
    }
}
