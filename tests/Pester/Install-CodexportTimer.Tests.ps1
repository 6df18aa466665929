param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-LoneFollower $ProgramPath $TestDrive
}

Describe 'Install-CodexportTimer' {
    It 'changes nothing with -WhatIf, and gives its plan with -PassThru beside it' {
        Assert-Planning 'Install-CodexportTimer' $user $TestDrive
    }

    It 'writes what the program prints' {
        Assert-SameField (Get-Plan 'Install-CodexportTimer' $user) (Get-ProgramJson $ProgramPath $user 'follower', 'timer', 'install', '--dry-run')
    }

    It 'takes <Call> as it is written' -ForEach @(
        @{ Call = { Install-CodexportTimer 90s @args }; Every = '0:01:30' }
        @{ Call = { Install-CodexportTimer 15m @args }; Every = '0:15' }
        @{ Call = { Install-CodexportTimer 1h @args }; Every = '1:00' }
    ) {
        (& $Call -HomePath $user -WhatIf -PassThru -WarningAction Ignore).Every | Should -Be ([timespan]::Parse($Every))
    }

    It 'takes a time span, and refuses a number without its unit' {
        (Install-CodexportTimer ([timespan] '0:05') -HomePath $user -WhatIf -PassThru -WarningAction Ignore).Every | Should -Be ([timespan] '0:05')
        (Get-ErrorOf { Install-CodexportTimer 90 -HomePath $user -WhatIf }).Exception.Message | Should -BeLike "*'90'*15m*"
    }

    It 'offers intervals, not files' {
        Get-Completion "Install-CodexportTimer -Every " | Should -Contain '15m'
        Get-Completion "Install-CodexportTimer -Every 1" | Should -Be '15m', '1h'
    }

    It 'has a table and a list' {
        Assert-View (Get-Plan 'Install-CodexportTimer' $user) 'Codexport.Engine.Results.ServiceChangeResult'
    }

    It 'needs the role' {
        $none = Join-Path $TestDrive 'none'
        $record = Get-ErrorOf { Install-CodexportTimer -HomePath $none -WhatIf }
        Assert-Error $record 'Install-CodexportTimer' 'NotFollower' 'InvalidOperation' $record.TargetObject
    }
}
