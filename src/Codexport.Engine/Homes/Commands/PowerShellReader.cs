namespace Codexport.Engine.Homes.Commands;

/// <summary>Reads a line as PowerShell does, as far as it takes to know how each character is quoted and which words there are.</summary>
internal sealed class PowerShellReader
{
    private readonly string _text;
    private readonly CommandReading _reading;
    private readonly CommandLine _line;
    private int _index;
    private bool _isBroken;

    private PowerShellReader(string text)
    {
        (_text, _reading) = (text, new CommandReading(text));
        _line = new CommandLine(_reading);
    }

    internal static CommandReading Read(string text)
    {
        var reader = new PowerShellReader(text);
        while (reader._index < text.Length)
        {
            reader.ReadOne(text[reader._index]);
        }

        reader._line.EndCommand();
        if (reader._isBroken)
        {
            reader._reading.MarkAllOpaque();
        }

        return reader._reading;
    }

    /// <summary>PowerShell takes the typographic quotation marks for the plain ones.</summary>
    internal static bool IsSingleQuote(char letter) => letter is '\'' or (>= '\u2018' and <= '\u201B');

    /// <inheritdoc cref="IsSingleQuote"/>
    internal static bool IsDoubleQuote(char letter) => letter is '"' or (>= '\u201C' and <= '\u201E');

    private char Peek(int ahead) => _index + ahead < _text.Length ? _text[_index + ahead] : '\0';

    private void ReadOne(char letter)
    {
        switch (letter)
        {
            case '@' when IsSingleQuote(Peek(1)) || IsDoubleQuote(Peek(1)):
                // A here-string: its text has no quotes.
                Skip(_text.Length, Quoting.Opaque);
                break;
            case '#' when _line.Open is null:
                var end = _text.IndexOf('\n', _index);
                Skip(end < 0 ? _text.Length : end, Quoting.Comment);
                break;
            case '`' when Peek(1) != '\0':
                _reading.Mark(_index, _index + 2, Quoting.Escaped);
                _line.Word.Add(Peek(1), _index, _index + 2);
                _index += 2;
                break;
            case var _ when IsSingleQuote(letter):
                ReadQuoted(IsSingleQuote, Quoting.Single);
                break;
            case var _ when IsDoubleQuote(letter):
                ReadQuoted(IsDoubleQuote, Quoting.Double);
                break;
            case ';' or '|' or '&' or '\n' or '(' or ')' or '{' or '}':
                _line.EndCommand();
                _index++;
                break;
            case var _ when char.IsWhiteSpace(letter) || letter is ',':
                _line.EndWord();
                _index++;
                break;
            default:
                _line.Word.Add(letter, _index, ++_index);
                break;
        }
    }

    private void Skip(int end, Quoting quoting)
    {
        _reading.Mark(_index, end, quoting);
        _index = end;
    }

    private void ReadQuoted(Func<char, bool> isQuote, Quoting quoting)
    {
        var word = _line.Word;
        for (_index++; _index < _text.Length; _index++)
        {
            var letter = _text[_index];
            if (isQuote(letter))
            {
                if (!isQuote(Peek(1)))
                {
                    _index++;
                    return;
                }

                _reading.Mark(_index, _index + 2, quoting);
                word.Add(letter, _index, _index + 2);
                _index++;
            }
            else if (quoting == Quoting.Double && letter == '`')
            {
                _reading.Mark(_index, _index + 2, Quoting.EscapedInDouble);
                word.Add(Peek(1), _index, Math.Min(_index + 2, _text.Length));
                _index++;
            }
            else if (quoting == Quoting.Double && letter == '$' && Peek(1) == '(')
            {
                // A whole script may stand in there, with quotes of its own.
                _isBroken = true;
            }
            else
            {
                _reading.Mark(_index, _index + 1, quoting);
                word.Add(letter, _index, _index + 1);
            }
        }

        _isBroken = true;
    }
}
