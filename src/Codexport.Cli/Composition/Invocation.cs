using System.CommandLine;
using Codexport.Cli.Rendering;
using Codexport.Engine.Homes;

namespace Codexport.Cli.Composition;

/// <summary>What a command runs with.</summary>
/// <param name="Arguments">What was parsed.</param>
/// <param name="Engine">The engine's context for the home that was named.</param>
/// <param name="Output">Where results go.</param>
/// <param name="Prompt">Where questions go.</param>
/// <param name="CancellationToken">Signalled by Ctrl+C and by the wish of the system to end the program.</param>
internal sealed record Invocation(
    ParseResult Arguments, EngineContext Engine, Output Output, Prompt Prompt, CancellationToken CancellationToken);
