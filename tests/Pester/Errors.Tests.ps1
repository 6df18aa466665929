param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $assembly = [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -eq 'Codexport.PowerShell' }[-1]
    $toRecord = $assembly.GetType('Codexport.PowerShell.ErrorRecords').GetMethod('From')
    $exceptionType = $toRecord.GetParameters()[0].ParameterType
    $codeType = $exceptionType.GetProperty('Code').PropertyType

    # The record that a cmdlet makes of an error with this code.
    function ConvertTo-Record([string] $Code) {
        $parameters = $exceptionType.GetConstructors()[0].GetParameters()
        $values = foreach ($parameter in $parameters) {
            switch ($parameter.Name) {
                'code' { [enum]::Parse($codeType, $Code) }
                'message' { 'What happened.' }
                'remedy' { 'What to do.' }
                'target' { 'about this' }
                'inner' { , [System.IO.IOException]::new('the cause') }
                default { , $null }
            }
        }
        $toRecord.Invoke($null, @(, $exceptionType.GetConstructors()[0].Invoke($values)))
    }
}

BeforeDiscovery {
    $rows = Get-Content (Join-Path $PSScriptRoot '../../docs/errors.md') | Where-Object { $_.StartsWith('| `') } | ForEach-Object {
        $cells = $_.Trim('|') -split ' \| ' | ForEach-Object { $_.Trim(' ', '`') }
        @{ Code = $cells[0]; Category = $cells[1] }
    }
}

Describe 'docs/errors.md' {
    It 'says of <Code> what its records are' -ForEach $rows {
        $record = ConvertTo-Record $Code
        $record.FullyQualifiedErrorId | Should -BeExactly $Code
        $record.CategoryInfo.Category | Should -Be $Category
        $record.TargetObject | Should -Be 'about this'
        $record.Exception.InnerException.Message | Should -Be 'the cause'
        $record.ErrorDetails.Message | Should -BeLike 'What happened.*'
        $record.ErrorDetails.RecommendedAction | Should -Be 'What to do.'
    }

    It 'has a row for every code' {
        $text = Get-Content -Raw (Join-Path $PSScriptRoot '../../docs/errors.md')
        [enum]::GetNames($codeType) | Where-Object { -not $text.Contains("| ``$_`` |") } | Should -BeNullOrEmpty
    }
}
